import { type Client, recordAuditEvent } from "@/lib/audit/record-audit-event";
import type { Actor } from "@/lib/auth/permissions";
import type { Database } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import type { RecordingStore } from "@/lib/storage/recording-store";
import type { AppendRegistry } from "./append-registry";
import { getRecording } from "./get-recording";
import { posterKeyOf } from "./poster";
import { deleteRecordingRow } from "./recording-repository";

export interface DeleteDeps {
  readonly db: Database;
  readonly store: RecordingStore;
  readonly appends: AppendRegistry;
}

/**
 * Deletes a recording for good. The bytes go before the row: a crash between the two leaves a row
 * that can be deleted again, never bytes that nobody knows of.
 * @throws AppError `not_found`, `forbidden`
 */
export async function deleteRecording(
  { db, store, appends }: DeleteDeps,
  actor: Actor,
  client: Client,
  recordingId: string,
): Promise<void> {
  const recording = await getRecording({ db }, actor, recordingId, "delete");
  await appends.cancel({ recordingId: recording.id, userId: recording.userId });
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
  // Again: while the row was there, another one may have been put.
  await store.delete(posterKeyOf(recording));
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
