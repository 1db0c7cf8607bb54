import { createIndexer } from "@/lib/media/create-indexer";
import type { MediaIndexer } from "@/lib/media/media-indexer";
import type { Claim } from "./recording-claim";

/** What the row says of the bytes cannot be used: never the sender's fault. */
export class DamagedIndexError extends Error {
  override readonly name = "DamagedIndexError";
}

/** The indexer as it was after the recording's last byte. @throws DamagedIndexError */
export function restoreIndexer(
  claim: Pick<Claim, "recordingId" | "indexState" | "uploadOffset">,
): MediaIndexer {
  const indexer = readIndexer(claim);
  if (indexer.sourceBytes === claim.uploadOffset) return indexer;
  throw new DamagedIndexError(
    `Recording ${claim.recordingId} is at ${claim.uploadOffset}, but its index at ${indexer.sourceBytes}`,
  );
}

function readIndexer({ recordingId, indexState }: Pick<Claim, "recordingId" | "indexState">) {
  try {
    return createIndexer(indexState ?? undefined);
  } catch (cause) {
    throw new DamagedIndexError(`The index of recording ${recordingId} cannot be read`, { cause });
  }
}
