import type { Readable } from "node:stream";
import { type Client, recordAuditEventOrLog } from "@/lib/audit/record-audit-event";
import type { Actor } from "@/lib/auth/permissions";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import type { Logger } from "@/lib/logging/logger";
import type {
  ByteRange,
  Presentation,
  RecordingStore,
  StoredObject,
} from "@/lib/storage/recording-store";
import { getRecording } from "./get-recording";
import type { Recording } from "./recording-repository";

interface OpenDeps {
  readonly db: DatabaseOrTransaction;
  readonly store: RecordingStore;
}

export interface RecordingFile {
  readonly recording: Recording;
  readonly file: StoredObject;
  /** Opens the bytes; nothing is open before. */
  readonly read: (range?: ByteRange) => Promise<Readable>;
  /** An address that gives whoever has it the file for some hours; null when it is to be had here only. */
  readonly linkTo: (as: Presentation) => Promise<string | null>;
}

/**
 * The file of a finished recording, for somebody who may watch it or keep it.
 * @throws AppError `not_found`, `forbidden`, `recording_not_ready`, `unavailable` when its bytes are not there
 */
export async function openRecordingFile(
  { db, store }: OpenDeps,
  actor: Actor,
  recordingId: string,
  access: "play" | "download" = "play",
): Promise<RecordingFile> {
  const recording = await getRecording({ db }, actor, recordingId, access);
  if (recording.status !== "ready") {
    throw new AppError("recording_not_ready", notReady(recording.status));
  }
  const file = await store.stat(recording.storageKey);
  if (file === null) {
    throw new AppError(
      "unavailable",
      "The storage does not have this recording's file right now. Tell an administrator.",
    );
  }
  const { storageKey } = recording;
  return {
    recording,
    file,
    read: (range) => store.read(storageKey, range),
    linkTo: (as) => store.linkTo(storageKey, as),
  };
}

function notReady(status: "recording" | "uploading" | "failed"): string {
  switch (status) {
    case "recording":
      return "This recording is still being made. Stop it to watch it.";
    case "uploading":
      return "The last part of this recording is still on its way. Try again in a moment.";
    case "failed":
      return "This recording failed; there is nothing to watch. Its page says why.";
  }
}

/** Players ask for the beginning more than once: within this time it is one viewing. */
const SAME_VIEWING_MS = 60_000;
/** Who jumps about in a recording goes on with a viewing: as long as an address in S3 would open it. */
const LONGEST_VIEWING_MS = 12 * 60 * 60 * 1000;

interface Opening {
  readonly recordingId: string;
  readonly as: "view" | "download";
  /** It is the file's first byte that is asked for, or all of it. */
  readonly isBeginning: boolean;
}

/**
 * Notes in the audit trail that somebody watches or downloads a recording. To be called for every answer
 * that gives bytes of it or leads to them: one viewing with its hundred ranges is one event, and a range that
 * nothing came before is a viewing too, so that nobody sees anything unnoted by leaving out the first byte.
 */
export async function auditOpening(
  deps: { readonly db: DatabaseOrTransaction; readonly log: Logger; readonly now: () => Date },
  actor: Actor,
  client: Client,
  { recordingId, as, isBeginning }: Opening,
): Promise<void> {
  const action = `recording.${as}` as const;
  const sameMs = isBeginning ? SAME_VIEWING_MS : LONGEST_VIEWING_MS;
  const since = new Date(deps.now().getTime() - sameMs);
  const noted = await deps.db.auditEvent.findFirst({
    where: {
      targetType: "recording",
      targetId: recordingId,
      actorId: actor.userId,
      action,
      at: { gt: since },
    },
    select: { id: true },
  });
  if (noted !== null) return;
  await recordAuditEventOrLog(deps, {
    actor,
    client,
    action,
    target: { type: "recording", id: recordingId },
  });
}
