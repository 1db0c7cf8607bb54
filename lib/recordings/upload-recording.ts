import type { Readable } from "node:stream";
import type { Client } from "@/lib/audit/record-audit-event";
import type { Actor } from "@/lib/auth/permissions";
import { AppError } from "@/lib/errors/app-error";
import { MediaError } from "@/lib/media/media-error";
import { measuredAppend } from "@/lib/metrics/measured";
import { RESERVED_HEADER_BYTES } from "@/lib/media/media-indexer";
import { type AppendDeps, takeUpAgain } from "./append-to-recording";
import { type AppendTurn, uploadLocked } from "./append-registry";
import { ClaimHolder } from "./claim-holder";
import { getRecording, getUpload, recordingNotFound } from "./get-recording";
import { receiveWhole } from "./receive-bytes";
import {
  type Claim,
  claimForAppend,
  commitAppend,
  renewClaim,
  updateClaimed,
} from "./recording-claim";
import type { RecordingStatus } from "./recording-state";
import { sealRecording } from "./seal-recording";

export interface UploadInput {
  readonly sessionId: string;
  readonly recordingId: string;
  /** The whole recording, such as a MediaRecorder made it. */
  readonly file: Readable;
}

/**
 * Takes a whole recording in one go and seals it like any other, so that it becomes seekable. It is taken
 * whole or not at all: a file that breaks off, is too large or is no recording leaves nothing behind, and
 * the recording as it was, so that it can be sent again.
 * @throws AppError `not_found`, `forbidden`, `conflict` when bytes of it have arrived already,
 *   `recording_closed` when it is ready, `too_large`, `bad_request`, `unsupported_media_type`,
 *   `upload_locked`, `insufficient_storage`, `unavailable`
 */
export async function uploadRecording(
  deps: AppendDeps,
  actor: Actor,
  client: Client,
  { sessionId, recordingId, file }: UploadInput,
): Promise<RecordingStatus> {
  const recording = await getRecording(deps, actor, recordingId, "send");
  if (recording.sessionId !== sessionId) throw recordingNotFound();
  const turn = await deps.appends.enter({ recordingId, userId: actor.userId });
  try {
    const receive = () => receiveInTurn(deps, actor, recordingId, file, turn);
    await measuredAppend(deps.metrics, receive);
    return await sealRecording(deps, { recordingId, by: { actor, client } });
  } finally {
    turn.leave();
  }
}

async function receiveInTurn(
  deps: AppendDeps,
  actor: Actor,
  recordingId: string,
  file: Readable,
  turn: AppendTurn,
): Promise<void> {
  const claim = await claimForAppend(deps.db, { recordingId, userId: actor.userId, offset: 0 });
  if (claim === null) throw await whyNotClaimed(deps, actor, recordingId);
  const holder = new ClaimHolder(deps.db, claim);
  try {
    const received = await receiveWhole(deps, holder, turn, file);
    await takeUpAgain(deps, claim);
    const row = await commitAppend(deps.db, claim, received);
    if (row === null) throw await whyNotClaimed(deps, actor, recordingId);
    deps.metrics.appendedBytes.inc(received.uploadOffset);
  } catch (error) {
    await startOver(deps, claim).catch((err: unknown) =>
      deps.log.warn({ err, recordingId }, "what an upload left is not removed yet"),
    );
    await holder.release().catch((err: unknown) => deps.log.warn({ err }, "claim not released"));
    if (!(error instanceof MediaError)) throw error;
    throw new AppError("unsupported_media_type", `${error.message} Nothing was kept of it.`, {
      cause: error,
    });
  }
}

/** Removes what was written; nothing of it was acknowledged. Not without the claim: it might be somebody else's. */
async function startOver({ db, store }: AppendDeps, claim: Claim): Promise<void> {
  if (!(await renewClaim(db, claim))) return;
  await store.delete(claim.storageKey);
  const storageState = await store.begin(claim.storageKey, RESERVED_HEADER_BYTES);
  await updateClaimed(db, claim, { storageState: storageState ?? {} });
}

async function whyNotClaimed(
  deps: AppendDeps,
  actor: Actor,
  recordingId: string,
): Promise<AppError> {
  const { status, uploadOffset } = await getUpload(deps, actor, recordingId);
  if (status === "ready" || status === "failed") {
    return new AppError(
      "recording_closed",
      `This recording is ${status}; it takes no file. Record again.`,
    );
  }
  if (uploadOffset === 0) return uploadLocked();
  return new AppError(
    "conflict",
    `${uploadOffset} bytes of this recording have arrived already, piece by piece. Send the rest the same way.`,
  );
}
