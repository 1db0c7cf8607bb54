import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { inject } from "vitest";
import { S3Bucket } from "@/lib/storage/s3-bucket";
import { createS3Client, type S3Config } from "@/lib/storage/s3-client";
import { CEPH_COMMANDS, type ClusterAddress, startCluster } from "./radosgw-cluster";
import { requireCommand } from "./requirements";

/** Whether this machine has what the S3 server is made of. In CI it must. */
export function hasRadosgw(): boolean {
  return CEPH_COMMANDS.every((name) => requireCommand(name) !== null);
}

/**
 * Starts the run's one S3 server when the first test asks for it, and tells all of them where it is:
 * tests run in processes of their own. @returns the address to ask at, and what ends it all
 */
export async function offerRadosgw(): Promise<{ url: string; stop: () => Promise<void> }> {
  let cluster: ReturnType<typeof startCluster> | undefined;
  const server = createServer((_, response) => {
    cluster ??= startCluster();
    cluster.then(
      ({ address }) => response.end(JSON.stringify(address)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await (await cluster?.catch(() => undefined))?.stop();
    },
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** The run's S3 server. */
export async function radosgw(): Promise<ClusterAddress> {
  const answer = await fetch(inject("radosgwUrl"));
  if (!answer.ok) throw new Error(`The S3 server did not start: ${await answer.text()}`);
  return (await answer.json()) as ClusterAddress;
}

/** A bucket of this test's own, as the product's configuration has it. */
export async function createBucket(endpoint?: string): Promise<S3Config> {
  const server = await radosgw();
  const { accessKeyId, secretAccessKey } = server;
  const config: S3Config = {
    backend: "s3",
    bucket: `test-${randomBytes(8).toString("hex")}`,
    region: "us-east-1",
    endpoint: endpoint ?? server.endpoint,
    prefix: "recordings/",
    credentials: { accessKeyId, secretAccessKey },
    presigned: true,
  };
  const client = createS3Client(config);
  await client.send(new CreateBucketCommand({ Bucket: config.bucket }));
  // The first object of all takes seconds, and probes would not wait so long.
  const first = new S3Bucket(client, config.bucket, "");
  await first.put("first", { bytes: Buffer.from("first"), sizeBytes: 5 });
  await first.remove(["first"]);
  return config;
}

/** The same as the environment variables that the product reads. */
export function s3Environment(config: S3Config): Record<string, string> {
  return {
    SORTIE_RECORDING_STORAGE_BACKEND: "s3",
    SORTIE_RECORDING_S3_BUCKET: config.bucket,
    SORTIE_RECORDING_S3_REGION: config.region,
    SORTIE_RECORDING_S3_ENDPOINT: config.endpoint ?? "",
    SORTIE_RECORDING_S3_PREFIX: config.prefix,
    SORTIE_RECORDING_S3_ACCESS_KEY_ID: config.credentials?.accessKeyId ?? "",
    SORTIE_RECORDING_S3_SECRET_ACCESS_KEY: config.credentials?.secretAccessKey ?? "",
    SORTIE_RECORDING_S3_PRESIGN: String(config.presigned),
  };
}
