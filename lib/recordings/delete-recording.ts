import { setTimeout as delay } from "node:timers/promises";
import { type Client, recordAuditEvent } from "@/lib/audit/record-audit-event";
import type { Actor } from "@/lib/auth/permissions";
import type { Database } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import { hasDeletionBegun } from "@/lib/holds/begun-deletion";
import { refuseHeld } from "@/lib/holds/refuse-held";
import type { RecordingStore } from "@/lib/storage/recording-store";
import { type AppendRegistry, uploadLocked } from "./append-registry";
import { getRecording } from "./get-recording";
import { posterKeyOf } from "./poster";
import { beginDeletion, type Claim, CLAIM_MS, claimAsItIs, releaseClaim } from "./recording-claim";
import { deleteRecordingRow, type Recording } from "./recording-repository";

export interface DeleteDeps {
  readonly db: Database;
  readonly store: RecordingStore;
  readonly appends: AppendRegistry;
}

/** Another process lets go between two requests; one that was killed, when its claim has run out. */
const CLAIM_WAIT_MS = CLAIM_MS + 1_000;
const CLAIM_POLL_MS = 100;

/**
 * Deletes a recording for good, under its claim: nobody may be adding to it, or taking it up again, while
 * its bytes go. They go before the row: a crash between the two leaves a row that can be deleted again,
 * never bytes that nobody knows of.
 * @throws AppError `not_found`, `forbidden`, `held`, `upload_locked` when another process keeps adding to it
 */
export async function deleteRecording(
  deps: DeleteDeps,
  actor: Actor,
  client: Client,
  recordingId: string,
): Promise<void> {
  const recording = await getRecording(deps, actor, recordingId, "delete");
  await refuseHeld(deps.db, actor, recording);
  await deps.appends.cancel({ recordingId: recording.id, userId: recording.userId });
  const claim = await claimWhenFree(deps, actor, recordingId);
  if (claim === null) return deleteClaimed(deps, actor, client, recording);
  try {
    if (!(await beginDeletion(deps.db, claim))) {
      await refuseHeld(deps.db, actor, recording);
      throw uploadLocked();
    }
    await deleteClaimed(deps, actor, client, recording);
  } catch (error) {
    // It runs out by itself, too.
    await releaseClaim(deps.db, claim).catch(() => undefined);
    throw error;
  }
}

/** Null when a sweep has begun to delete it: nobody claims it any more. */
async function claimWhenFree(
  deps: DeleteDeps,
  actor: Actor,
  recordingId: string,
): Promise<Claim | null> {
  const deadline = performance.now() + CLAIM_WAIT_MS;
  while (performance.now() < deadline) {
    const claim = await claimAsItIs(deps.db, recordingId);
    if (claim !== null) return claim;
    if (await hasDeletionBegun(deps.db, recordingId)) return null;
    // Somebody else may have deleted it.
    await getRecording(deps, actor, recordingId, "delete");
    await delay(CLAIM_POLL_MS);
  }
  throw uploadLocked();
}

async function deleteClaimed(
  { db, store }: DeleteDeps,
  actor: Actor,
  client: Client,
  recording: Recording,
): Promise<void> {
  await store.delete(recording.storageKey);
  await store.delete(posterKeyOf(recording));
  await db.$transaction(async (transaction) => {
    if (!(await deleteRecordingRow(transaction, recording.id))) return;
    await recordAuditEvent(transaction, {
      actor,
      client,
      action: "recording.delete",
      target: { type: "recording", id: recording.id },
      detail: { filename: recording.filename, owner: recording.username, status: recording.status },
    });
  });
}

/**
 * The same for an upload under way: what tus calls termination. A finished recording is deleted
 * through its own address only, so that a client that gives an upload up cannot lose one.
 * @throws AppError also `recording_closed`
 */
export async function terminateUpload(
  deps: DeleteDeps,
  actor: Actor,
  client: Client,
  recordingId: string,
): Promise<void> {
  const recording = await getRecording(deps, actor, recordingId, "send");
  if (recording.status === "ready") {
    throw new AppError("recording_closed", "This recording is finished. Delete it as a recording.");
  }
  await deleteRecording(deps, actor, client, recordingId);
}
