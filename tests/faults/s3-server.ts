import { randomBytes } from "node:crypto";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { createS3Client, type S3Config } from "@/lib/storage/s3-client";
import { type ClusterAddress, type Gateway, startGatewayOf } from "@/tests/support/radosgw-cluster";
import { FaultProxy } from "./fault-proxy";

const REGION = "us-east-1";

/** A bucket behind a radosgw that can be killed, at the end of a line that can fail. */
export class S3Server {
  private constructor(
    readonly gateway: Gateway,
    readonly network: FaultProxy,
    /** What the product is told of it. */
    readonly environment: Readonly<Record<string, string>>,
  ) {}

  static async start(cluster: ClusterAddress): Promise<S3Server> {
    const gateway = await startGatewayOf(cluster);
    const network = await FaultProxy.start([Number(new URL(gateway.endpoint).port)]);
    const bucket = `faults-${randomBytes(8).toString("hex")}`;
    const { accessKeyId, secretAccessKey } = cluster;
    await makeBucket({
      ...{ backend: "s3", bucket, region: REGION, endpoint: gateway.endpoint, prefix: "" },
      ...{ credentials: { accessKeyId, secretAccessKey }, presigned: true },
    });
    return new S3Server(gateway, network, {
      SORTIE_RECORDING_STORAGE_BACKEND: "s3",
      SORTIE_RECORDING_S3_BUCKET: bucket,
      SORTIE_RECORDING_S3_REGION: REGION,
      SORTIE_RECORDING_S3_ENDPOINT: network.url,
      SORTIE_RECORDING_S3_ACCESS_KEY_ID: accessKeyId,
      SORTIE_RECORDING_S3_SECRET_ACCESS_KEY: secretAccessKey,
    });
  }

  async close(): Promise<void> {
    await this.network.close();
    await this.gateway.kill();
  }
}

async function makeBucket(config: S3Config): Promise<void> {
  const client = createS3Client(config);
  const { bucket: Bucket } = config;
  await client.send(new CreateBucketCommand({ Bucket }));
  // The first object of all takes seconds.
  await client.send(new PutObjectCommand({ Bucket, Key: "first", Body: "first" }));
  client.destroy();
}
