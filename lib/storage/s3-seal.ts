import type { SealedObject } from "./recording-store";
import type { S3Bucket, Upload } from "./s3-bucket";
import { bodyFrom, inParallel } from "./s3-bytes";
import { bytesMissing, isNoSuchUpload, unavailable } from "./s3-errors";
import { continuing, endOf, extentOfPart, nextPartNumber, type S3LiveState } from "./s3-live-state";

const CONCURRENT_COPIES = 16;

interface Sealing {
  readonly bucket: S3Bucket;
  readonly key: string;
  readonly state: S3LiveState;
  readonly header: Uint8Array;
  readonly endPosition: number;
  /** See `RecordingStore.seal`. */
  readonly keep: () => Promise<void>;
}

/**
 * Makes the finished object: one put when it is small, else part 1 with the header, the last part, and
 * what is to be copied of the sealed object it continues. Then the upload is completed, and looked at.
 * Removes nothing. May be repeated from the same state, also when the answer to completing was lost.
 * @throws AppError `not_found`, `unavailable`
 */
export async function sealInBucket(sealing: Sealing): Promise<SealedObject> {
  const { bucket, key, endPosition } = sealing;
  const found = await bucket.head(key);
  const isEarlier = found === null || found.etag === sealing.state.base?.etag;
  if (!isEarlier && found.sizeBytes === endPosition) return found;
  // Sealed from an earlier state by somebody who lost the claim meanwhile: that object is true, but not all.
  const state = isEarlier
    ? sealing.state
    : continuing(sealing.state, found, sealing.state.partBytes);
  if (endOf(state) < endPosition) throw bytesMissing();
  await (hasParts(state) ? completeUpload({ ...sealing, state }) : putWhole({ ...sealing, state }));

  const sealed = await bucket.head(key);
  if (sealed?.sizeBytes === endPosition) return sealed;
  throw unavailable(
    "S3 has completed an object, but not with the size of its parts: ask its maker.",
  );
}

function hasParts({ parts, uploadId }: S3LiveState): boolean {
  return parts.length > 0 || uploadId !== null;
}

async function putWhole(sealing: Sealing): Promise<void> {
  const { bucket, key, state, header, endPosition, keep } = sealing;
  const source = { bucket, key, state };
  const body = await bodyFrom(source, state.headerBytes, endPosition, { before: header });
  await keep();
  await bucket.put(key, body);
}

async function completeUpload(sealing: Sealing): Promise<void> {
  const { bucket, key, state, endPosition, keep } = sealing;
  try {
    const upload =
      state.uploadId === null ? await bucket.createUpload(key) : { name: key, id: state.uploadId };
    const etags = await uploadMissingParts(sealing, upload);
    await keep();
    await bucket.complete(upload, etags);
  } catch (error) {
    if (!isNoSuchUpload(error)) throw error;
    // It may have been completed by a call whose answer was lost.
    const found = await bucket.head(key);
    if (found?.sizeBytes !== endPosition) throw bytesMissing(error);
  }
}

/** Returns the entity tags of all the parts, in order. */
async function uploadMissingParts(
  { bucket, key, state, header, endPosition, keep }: Sealing,
  upload: Upload,
): Promise<string[]> {
  const source = { bucket, key, state };
  const { headerBytes, partBytes, base } = state;
  const first = await bodyFrom(source, headerBytes, partBytes, { before: header });
  const etags = [await bucket.putPart(upload, 1, first)];
  const following = [...state.parts.entries()];
  await inParallel(following, CONCURRENT_COPIES, async ([index, etag]) => {
    const { start, end } = extentOfPart(state, index + 2);
    const range = { start, end: end - 1 };
    etags[index + 1] =
      etag ??
      (await bucket.copyPart(upload, index + 2, { name: key, etag: base?.etag ?? "", range }));
  });
  const { start } = extentOfPart(state, nextPartNumber(state));
  if (start > endPosition) throw new Error("The end of a recording is inside one of its parts");
  if (start === endPosition) return etags;
  const last = await bodyFrom(source, start, endPosition);
  // A successor that went on appending may have made this part itself.
  await keep();
  return [...etags, await bucket.putPart(upload, nextPartNumber(state), last)];
}
