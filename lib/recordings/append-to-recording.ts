import type { Readable } from "node:stream";
import { type Client, SYSTEM_ACTOR } from "@/lib/audit/record-audit-event";
import type { Actor } from "@/lib/auth/permissions";
import { AppError } from "@/lib/errors/app-error";
import { MediaError } from "@/lib/media/media-error";
import { measuredAppend } from "@/lib/metrics/measured";
import type { Metrics } from "@/lib/metrics/metrics";
import { type AppendRegistry, type AppendTurn, uploadLocked } from "./append-registry";
import { ClaimHolder } from "./claim-holder";
import { getUpload } from "./get-recording";
import { receiveBytes } from "./receive-bytes";
import { type Claim, claimForAppend, commitAppend, resumeClaimed } from "./recording-claim";
import { findRecording } from "./recording-repository";
import { nextStatus, type RecordingStatus } from "./recording-state";
import { refuseStream } from "./refuse-stream";
import type { Room } from "./room";
import type { RoomLevel } from "./room-level";
import { traced } from "@/lib/tracing/traced";
import { ofRecording, type SealDeps, sealRecording } from "./seal-recording";
import { stopLive } from "./stop-recording";

export interface AppendDeps extends SealDeps {
  readonly appends: AppendRegistry;
  readonly metrics: Pick<
    Metrics,
    "appends" | "appendSeconds" | "appendedBytes" | "seals" | "sealSeconds"
  >;
  readonly room: Pick<Room, "level">;
  readonly config: { readonly recording: { readonly maxSizeBytes: number } };
}

export interface AppendInput {
  readonly recordingId: string;
  /** Where in the sender's stream the body begins. */
  readonly offset: number;
  /** Length of the whole stream, where this request announces it. */
  readonly uploadLength: number | null;
  readonly body: Readable;
}

export interface AppendResult {
  /** Bytes of the sender's stream that are durable now. */
  readonly uploadOffset: number;
  readonly uploadLength: number | null;
  /** What there is room for from here on. */
  readonly room: RoomLevel;
}

/**
 * Adds bytes to a recording: claims it, writes, makes them durable, and only then moves its offset.
 * Bytes are therefore never lost once acknowledged, and two senders cannot interleave. A body that
 * ends early keeps what arrived. Reaching the announced length seals the recording before this resolves.
 *
 * Where there is no more room the recording is stopped, like by its user: what its sender still has is taken.
 *
 * The size limit counts the sender's bytes. At the limit the recording is sealed and kept as
 * `truncated`, and this throws `too_large`.
 * @throws AppError also `not_found`, `forbidden`, `offset_mismatch`, `upload_locked`,
 *   `recording_closed`, `unsupported_media_type`, `insufficient_storage`, `unavailable`
 */
export async function appendToRecording(
  deps: AppendDeps,
  actor: Actor,
  client: Client,
  input: AppendInput,
): Promise<AppendResult> {
  const { userId } = actor;
  const turn = await deps.appends.enter({ recordingId: input.recordingId, userId });
  try {
    const append = () => appendInTurn(deps, actor, input, turn);
    const span = { name: "recording.append", attributes: ofRecording(input.recordingId) };
    const { appended, row } = await traced(span, () => measuredAppend(deps.metrics, append));
    if (row.uploadLength === appended.uploadOffset) {
      await sealRecording(deps, { recordingId: input.recordingId, by: { actor, client } });
    }
    if (appended.truncated)
      throw overLimit(deps.config.recording.maxSizeBytes, appended.uploadOffset);
    const room = await stopWithoutRoom(deps, actor, input.recordingId, row.status);
    return { uploadOffset: appended.uploadOffset, uploadLength: row.uploadLength, room };
  } finally {
    turn.leave();
  }
}

async function appendInTurn(deps: AppendDeps, actor: Actor, input: AppendInput, turn: AppendTurn) {
  const { recordingId, offset } = input;
  const claim = await claimForAppend(deps.db, { recordingId, userId: actor.userId, offset });
  if (claim === null) throw await whyNotClaimed(deps, actor, input);
  const holder = new ClaimHolder(deps.db, claim);
  try {
    refuseLength(claim, input.uploadLength);
    await takeUpAgain(deps, claim);
    const appended = await receiveBytes(deps, holder, turn, input);
    const row = await commitAppend(deps.db, claim, appended);
    if (row === null) throw await whyNotClaimed(deps, actor, input);
    deps.metrics.appendedBytes.inc(appended.uploadOffset - offset);
    return { appended, row };
  } catch (error) {
    if (error instanceof MediaError) throw await refuseStream(deps, claim, error);
    await holder.release().catch((err: unknown) => deps.log.warn({ err }, "claim not released"));
    throw error;
  }
}

/** Ends what is still being made when the room is out; returns how much there is. What is acknowledged stays so. */
async function stopWithoutRoom(
  deps: AppendDeps,
  { userId }: Actor,
  recordingId: string,
  status: RecordingStatus,
): Promise<RoomLevel> {
  const room = await deps.room.level(userId).catch((err: unknown) => {
    deps.log.warn({ err }, "it cannot be told how much room is left");
    return "enough" as const;
  });
  if (room !== "out" || status !== "recording") return room;
  const recording = await findRecording(deps.db, recordingId);
  if (recording !== null) await stopLive(deps, SYSTEM_ACTOR, null, recording, "no_room");
  return room;
}

/**
 * A finished recording that still lacked bytes goes on, now that its sender is back. Nothing for one that
 * is not finished. @throws AppError `upload_locked` when the claim was lost
 */
export async function takeUpAgain(deps: Pick<AppendDeps, "db">, claim: Claim): Promise<void> {
  if (claim.status === "recording" || claim.status === "uploading") return;
  const status = nextStatus(claim.status, { type: "resume" });
  if (!(await resumeClaimed(deps.db, claim, status))) throw uploadLocked();
}

/** @throws AppError `bad_request`: once announced, a length stays (tus 1.0.0, creation-defer-length), and it covers what came */
function refuseLength(claim: Claim, uploadLength: number | null): void {
  if (uploadLength === null) return;
  const { uploadLength: announced, uploadOffset } = claim;
  if (announced !== null && uploadLength !== announced) {
    throw new AppError(
      "bad_request",
      `Upload-Length is ${uploadLength}, but ${announced} was announced before. Send the same length, or none.`,
    );
  }
  if (uploadLength < uploadOffset) {
    throw new AppError(
      "bad_request",
      `Upload-Length is ${uploadLength}, but ${uploadOffset} bytes have arrived. Send the length of the whole stream.`,
    );
  }
}

/** Why the row does not let this append happen, as its sender should know it. */
async function whyNotClaimed(
  deps: AppendDeps,
  actor: Actor,
  input: AppendInput,
): Promise<AppError> {
  const { uploadOffset, status } = await getUpload(deps, actor, input.recordingId);
  const headers = { "Upload-Offset": String(uploadOffset) };
  if (uploadOffset !== input.offset) {
    const message = `The server has ${uploadOffset} bytes, but these begin at ${input.offset}. Ask for the offset and go on from there.`;
    return new AppError("offset_mismatch", message, { headers });
  }
  if (status === "recording" || status === "uploading") return uploadLocked();
  const message = `This recording is ${status}; nothing can be added to it.`;
  return new AppError("recording_closed", message, { headers });
}

function overLimit(maxSizeBytes: number, uploadOffset: number): AppError {
  return new AppError(
    "too_large",
    `The recording reached the limit of ${Math.floor(maxSizeBytes / 2 ** 20)} MiB and ended there. What came before is kept.`,
    { headers: { "Upload-Offset": String(uploadOffset) } },
  );
}
