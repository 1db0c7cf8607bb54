import { AppError } from "@/lib/errors/app-error";
import type { MediaError } from "@/lib/media/media-error";
import { uploadLocked } from "./append-registry";
import { failRecording } from "./fail-recording";
import { CLAIM_GIVEN_BACK, type Claim, updateClaimed } from "./recording-claim";
import { restoreIndexer } from "./restore-indexer";
import { type SealDeps, sealRecording } from "./seal-recording";

/**
 * Ends a recording whose sender sent something that is no recording: sending it again would not help.
 * What came before in good order is kept and sealed; without any, the recording has failed.
 * Returns what to answer.
 */
export async function refuseStream(
  deps: SealDeps,
  claim: Claim,
  error: MediaError,
): Promise<AppError> {
  deps.log.warn({ err: error, recordingId: claim.recordingId }, "stream refused");
  if (!restoreIndexer(claim).hasMedia) {
    await failRecording(deps, claim, "unknown_format");
    return refusal(`${error.message} The recording was ended; record again.`, error);
  }
  const ended = await updateClaimed(deps.db, claim, {
    uploadLength: claim.uploadOffset,
    interrupted: true,
    ...CLAIM_GIVEN_BACK,
  });
  if (!ended) return uploadLocked();
  await sealRecording(deps, { recordingId: claim.recordingId, by: null });
  return refusal(`${error.message} The recording was ended; what came before is kept.`, error);
}

function refusal(message: string, cause: MediaError): AppError {
  return new AppError("unsupported_media_type", message, { cause });
}
