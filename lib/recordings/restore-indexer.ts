import { createIndexer, type WebmIndexer } from "@/lib/webm";
import type { Claim } from "./recording-claim";

/** The indexer as it was after the recording's last byte. @throws Error when the row contradicts itself */
export function restoreIndexer(
  claim: Pick<Claim, "recordingId" | "indexState" | "uploadOffset">,
): WebmIndexer {
  const indexer = createIndexer(claim.indexState ?? undefined);
  if (indexer.sourceBytes === claim.uploadOffset) return indexer;
  throw new Error(
    `Recording ${claim.recordingId} is at ${claim.uploadOffset}, but its index at ${indexer.sourceBytes}`,
  );
}
