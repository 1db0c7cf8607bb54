import { S3Client } from "@aws-sdk/client-s3";
import type { StorageConfig } from "@/lib/config/config";
import { type SpanSpec, traced } from "@/lib/tracing/traced";

export type S3Config = Extract<StorageConfig, { backend: "s3" }>;

const CONNECT_TIMEOUT_MS = 3_000;
/** Silence on a connection, not the length of a request. */
const SILENCE_TIMEOUT_MS = 30_000;
/** Every live recording and every viewer needs one. */
const MAX_CONNECTIONS = 500;

/** A client of the bucket's server. Connects to nothing until it is used. */
export function createS3Client({ region, endpoint, credentials }: S3Config): S3Client {
  // Which Node runs is ours to choose, not the operator's: nothing for the log.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const client = new S3Client({
    region,
    // Servers other than AWS's know no bucket by host name, as a rule.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === undefined ? {} : { credentials }),
    // The SDK's own checksums are newer than most servers but AWS's; ours compare sizes and entity tags.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SILENCE_TIMEOUT_MS,
      httpAgent: { maxSockets: MAX_CONNECTIONS, keepAlive: true },
      httpsAgent: { maxSockets: MAX_CONNECTIONS, keepAlive: true },
    },
  });
  client.middlewareStack.add(
    (next, { commandName = "" }) =>
      async (input) =>
        await traced(spanOf(commandName), () => next(input)),
    { step: "initialize", name: "sortieTracing" },
  );
  return client;
}

/** One command, such as `PutObjectCommand`, with its retries. */
function spanOf(commandName: string): SpanSpec {
  const method = commandName.replace(/Command$/, "");
  const attributes = { "rpc.system": "aws-api", "rpc.service": "S3", "rpc.method": method };
  return { name: `S3.${method}`, kind: "client", attributes };
}
