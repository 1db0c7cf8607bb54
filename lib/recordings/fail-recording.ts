import { uploadLocked } from "./append-registry";
import { CLAIM_GIVEN_BACK, type Claim, updateClaimed } from "./recording-claim";
import type { SealDeps } from "./seal-recording";
import { type FailReason, nextStatus } from "./recording-state";

/**
 * Gives a recording up, under its claim. Its bytes are kept; and with `nothing_captured` the sender
 * may yet come back and go on, as for one that was sealed without it.
 */
export async function failRecording(
  deps: Pick<SealDeps, "db" | "now" | "log">,
  claim: Claim,
  reason: FailReason,
): Promise<"failed"> {
  const isComplete = claim.uploadLength === claim.uploadOffset;
  const failed = await updateClaimed(deps.db, claim, {
    status: nextStatus(nextStatus(claim.status, { type: "stop" }), { type: "fail", reason }),
    failReason: reason,
    ...(claim.status === "recording" ? { stoppedAt: deps.now() } : {}),
    completedAt: deps.now(),
    resumeTail: reason === "nothing_captured" && !isComplete ? new Uint8Array(0) : null,
    ...CLAIM_GIVEN_BACK,
  });
  if (!failed) throw uploadLocked();
  deps.log.warn({ recordingId: claim.recordingId, reason }, "recording failed");
  return "failed";
}
