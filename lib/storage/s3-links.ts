import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { Presentation } from "./recording-store";
import { createS3Client, type S3Config } from "./s3-client";
import { onS3 } from "./s3-errors";

/** As long as a sign-in: longer than any viewing. Credentials that end earlier end the address with them. */
const LINK_SECONDS = 12 * 60 * 60;

/** An address at which anybody can read the object for 12 hours, as the file it is told to be. */
export function presign(
  client: S3Client,
  { bucket, name }: { readonly bucket: string; readonly name: string },
  { contentType, disposition }: Presentation,
): Promise<string> {
  const command = new GetObjectCommand({
    Bucket: bucket,
    Key: name,
    ResponseContentType: contentType,
    ResponseContentDisposition: disposition,
    ResponseCacheControl: "private, no-store",
  });
  return onS3(() => getSignedUrl(client, command, { expiresIn: LINK_SECONDS }));
}

/** The origin of those addresses. Asks nobody: it needs no real credentials. */
export async function linkOriginOf(config: S3Config): Promise<string> {
  const credentials = { accessKeyId: "nobody", secretAccessKey: "nobody" };
  const client = createS3Client({ ...config, credentials });
  const as = { contentType: "video/webm", disposition: "inline" };
  return new URL(await presign(client, { bucket: config.bucket, name: "any" }, as)).origin;
}
