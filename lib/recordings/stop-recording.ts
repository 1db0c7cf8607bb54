import { type AuditEvent, type Client, recordAuditEvent } from "@/lib/audit/record-audit-event";
import type { Actor } from "@/lib/auth/permissions";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import { AppError, isAppError } from "@/lib/errors/app-error";
import { getRecording, recordingNotFound } from "./get-recording";
import {
  findLiveRecording,
  findRecording,
  type Recording,
  updateRecording,
} from "./recording-repository";
import { nextStatus, type RecordingStatus } from "./recording-state";
import { type SealDeps, sealRecording } from "./seal-recording";

export interface StopInput {
  readonly sessionId: string;
  readonly recordingId: string;
  /** Length of the sender's whole stream in bytes, where it is known. */
  readonly uploadLength: number | undefined;
  readonly description: string | undefined;
}

/**
 * Ends a recording: `uploading` until the rest has arrived, `ready` at once when everything has.
 * Repeating it is harmless and never moves a finished recording back. Works also after the session ended.
 * @throws AppError `not_found`, `forbidden`, `bad_request` when more has arrived than announced
 */
export async function stopRecording(
  deps: SealDeps,
  actor: Actor,
  client: Client,
  input: StopInput,
): Promise<RecordingStatus> {
  const recording = await getRecording(deps, actor, input.recordingId, "send");
  if (recording.sessionId !== input.sessionId) throw recordingNotFound();
  if (recording.status === "recording") await stopLive(deps, actor, client, recording);
  if (input.description !== undefined) await describe(deps.db, recording.id, input.description);
  if (input.uploadLength !== undefined) {
    await announceLength(deps.db, recording.id, input.uploadLength);
  }
  return sealIfComplete(deps, actor, client, recording.id);
}

/** Moves a live recording on to `uploading`; `cause` says why when nobody asked for it. Harmless when somebody else has. */
export async function stopLive(
  deps: Pick<SealDeps, "db" | "now">,
  actor: AuditEvent["actor"],
  client: Client | null,
  recording: Pick<Recording, "id" | "sessionId">,
  cause?: "no_room",
): Promise<void> {
  await deps.db.$transaction(async (transaction) => {
    const seen = { id: recording.id, status: "recording" } as const;
    const status = nextStatus(seen.status, { type: "stop" });
    if (!(await updateRecording(transaction, seen, { status, stoppedAt: deps.now() }))) return;
    await recordAuditEvent(transaction, {
      actor,
      client,
      action: "recording.stop",
      target: { type: "recording", id: recording.id },
      detail: { session_id: recording.sessionId, ...(cause && { cause }) },
    });
  });
}

/** Stops what is being recorded of a session that is over; its sender may still send the rest. */
export async function stopSessionRecording(
  deps: Pick<SealDeps, "db" | "now">,
  { actor, client }: Pick<AuditEvent, "actor" | "client">,
  sessionId: string,
): Promise<void> {
  const live = await findLiveRecording(deps.db, sessionId);
  if (live !== null) await stopLive(deps, actor, client, { id: live.id, sessionId });
}

async function describe(db: DatabaseOrTransaction, id: string, description: string): Promise<void> {
  await db.recording.updateMany({ where: { id }, data: { description } });
}

async function announceLength(
  db: DatabaseOrTransaction,
  id: string,
  uploadLength: number,
): Promise<void> {
  const { count } = await db.recording.updateMany({
    where: { id, status: "uploading", uploadLength: null, uploadOffset: { lte: uploadLength } },
    data: { uploadLength },
  });
  if (count === 1) return;
  const recording = await findRecording(db, id);
  if (recording?.status !== "uploading" || recording.uploadLength === uploadLength) return;
  const known = recording.uploadLength ?? recording.uploadOffset;
  throw new AppError(
    "bad_request",
    `upload_length is ${uploadLength}, but the recording has ${known} bytes. Send the length of the whole stream.`,
  );
}

async function sealIfComplete(
  deps: SealDeps,
  actor: Actor,
  client: Client,
  recordingId: string,
): Promise<RecordingStatus> {
  const recording = await findRecording(deps.db, recordingId);
  if (recording === null) throw recordingNotFound();
  const { status, uploadOffset, uploadLength } = recording;
  if (status !== "uploading" || uploadOffset !== uploadLength) return status;
  try {
    return await sealRecording(deps, { recordingId, by: { actor, client } });
  } catch (error) {
    // An append is at work: it sees the announced length when it ends, and seals.
    if (isAppError(error) && error.code === "upload_locked") return status;
    throw error;
  }
}
