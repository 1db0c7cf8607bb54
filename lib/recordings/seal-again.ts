import type { Client } from "@/lib/audit/record-audit-event";
import type { Actor } from "@/lib/auth/permissions";
import { uploadLocked } from "./append-registry";
import { getRecording } from "./get-recording";
import { CLAIM_GIVEN_BACK, type Claim, claimAsItIs, updateClaimed } from "./recording-claim";
import { nextStatus, type RecordingStatus } from "./recording-state";
import { type SealDeps, sealRecording } from "./seal-recording";

/**
 * Tries once more to finish a recording that failed: its bytes were kept, and what stood in the way may be
 * gone, such as a volume that was not mounted. Returns how it stands then; one that did not fail is left alone.
 * @throws AppError `not_found`, `forbidden`, `upload_locked`, `unavailable`
 */
export async function sealAgain(
  deps: SealDeps,
  actor: Actor,
  client: Client,
  recordingId: string,
): Promise<RecordingStatus> {
  const { status } = await getRecording(deps, actor, recordingId, "delete");
  if (status !== "failed") return status;
  const claim = await claimAsItIs(deps.db, recordingId);
  if (claim === null) throw uploadLocked();
  await reopen(deps, claim);
  return sealRecording(deps, { recordingId, by: { actor, client } });
}

/** In one update: whoever crashes behind it leaves an upload that nobody sends, which the reaper seals. */
async function reopen({ db }: Pick<SealDeps, "db">, claim: Claim): Promise<void> {
  if (claim.status !== "failed") {
    await updateClaimed(db, claim, CLAIM_GIVEN_BACK);
    return;
  }
  const isOurs = await updateClaimed(db, claim, {
    status: nextStatus(claim.status, { type: "resume" }),
    completedAt: null,
    failReason: null,
    failDetail: null,
    ...CLAIM_GIVEN_BACK,
  });
  if (!isOurs) throw uploadLocked();
}
