import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { S3Config } from "./s3-client";
import { S3RecordingStore } from "./s3-recording-store";

/** What S3 answers about a bucket of another region (Amazon S3 API Reference, "Error responses"). */
const ANSWERS = [
  {
    status: 301,
    code: "PermanentRedirect",
    message:
      "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
    more: "<Endpoint>desk.s3.eu-central-1.amazonaws.com</Endpoint><Bucket>desk</Bucket>",
  },
  {
    status: 400,
    code: "AuthorizationHeaderMalformed",
    message:
      "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-central-1'",
    more: "<Region>eu-central-1</Region>",
  },
];

let answer = ANSWERS[0]!;
const server = createServer((request, response) => {
  const { status, code, message, more } = answer;
  request.resume();
  response.writeHead(status, {
    "content-type": "application/xml",
    "x-amz-bucket-region": "eu-central-1",
  });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${more}<RequestId>4442587FB7D0A2F9</RequestId></Error>`,
  );
});
beforeEach(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test.each(ANSWERS)(
  "a bucket of another region is told as the setting to look at: $status $code",
  async (said) => {
    answer = said;
    const config: S3Config = {
      backend: "s3",
      bucket: "desk",
      region: "us-east-1",
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      prefix: "recordings/",
      credentials: { accessKeyId: "key", secretAccessKey: "secret" },
      presigned: true,
    };
    const store = new S3RecordingStore(config, 1_000_000);
    await expect(store.checkWritable()).rejects.toMatchObject({
      code: "unavailable",
      advice: "The bucket is in another region: look at SORTIE_RECORDING_S3_REGION.",
    });
  },
);
