import { randomUUID } from "node:crypto";
import { type Client, recordAuditEvent } from "@/lib/audit/record-audit-event";
import type { Actor } from "@/lib/auth/permissions";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import { isUniqueViolation } from "@/lib/db/database-error";
import { AppError } from "@/lib/errors/app-error";
import { RESERVED_HEADER_BYTES } from "@/lib/media/media-indexer";
import {
  deleteRecordingRow,
  findLiveRecording,
  insertRecording,
  type NewRecording,
} from "./recording-repository";
import { findRecordingWish, SILENT_AFTER_MS } from "./recording-wish";
import type { Room } from "./room";
import type { SealDeps } from "./seal-recording";
import { stopLive } from "./stop-recording";

export interface StartDeps extends SealDeps {
  readonly room: Pick<Room, "require">;
}

export interface StartInput {
  readonly sessionId: string;
  readonly description: string;
  /** What made it begin. */
  readonly origin?: "user" | "policy";
  /** Length of the sender's whole stream in bytes, where it is known already. */
  readonly uploadLength?: number | null;
}

/**
 * Begins a recording of one's own running session. A session has one live recording; one whose tab
 * has gone silent is stopped first (what its sender still has is taken all the same).
 * @throws AppError `not_found`, `forbidden`, `session_not_running`, `conflict`, `unavailable`, `insufficient_storage`
 */
export async function startRecording(
  deps: StartDeps,
  actor: Actor,
  client: Client,
  { sessionId, description, origin = "user", uploadLength = null }: StartInput,
): Promise<{ readonly recordingId: string }> {
  const session = await requireRunningSession(deps.db, actor, sessionId);
  if (origin === "policy") await requireWanted(deps.db, sessionId);
  await Promise.all([deps.store.checkWritable(), deps.room.require(actor.userId)]);
  await stopStale(deps, actor, client, sessionId);

  const id = randomUUID();
  const startedAt = deps.now();
  const recording: NewRecording = {
    id,
    sessionId,
    cluster: session.cluster,
    userId: actor.userId,
    origin,
    filename: filenameOf(session.app.name, startedAt),
    description,
    uploadLength,
    storageBackend: deps.store.backend,
    storageKey: storageKeyOf(id, startedAt),
  };
  await insert(deps, actor, client, recording);
  await beginObject(deps, recording);
  return { recordingId: id };
}

async function requireRunningSession(db: DatabaseOrTransaction, actor: Actor, sessionId: string) {
  const session = await db.session.findUnique({
    where: { id: sessionId },
    select: { userId: true, cluster: true, status: true, app: { select: { name: true } } },
  });
  if (session === null) {
    throw new AppError("not_found", "There is no such session. Open one from the apps page.");
  }
  if (session.userId !== actor.userId) {
    throw new AppError("forbidden", "Only the session's own user can record it.");
  }
  if (session.status !== "running") {
    throw new AppError(
      "session_not_running",
      `This session is ${session.status}; only a running session can be recorded.`,
    );
  }
  return session;
}

/** The tab may be a moment late with what it knows. */
async function requireWanted(db: DatabaseOrTransaction, sessionId: string): Promise<void> {
  const { wanted } = await findRecordingWish(db, sessionId);
  if (wanted) return;
  throw new AppError(
    "conflict",
    "Sessions are not recorded automatically now, or the user of this one stopped that.",
  );
}

async function stopStale(
  deps: SealDeps,
  actor: Actor,
  client: Client,
  sessionId: string,
): Promise<void> {
  const live = await findLiveRecording(deps.db, sessionId);
  if (live === null || live.idleMs < SILENT_AFTER_MS) return;
  await stopLive(deps, actor, client, { id: live.id, sessionId });
}

async function insert(
  deps: SealDeps,
  actor: Actor,
  client: Client,
  recording: NewRecording,
): Promise<void> {
  try {
    await deps.db.$transaction(async (transaction) => {
      await insertRecording(transaction, recording);
      await recordAuditEvent(transaction, {
        actor,
        client,
        action: "recording.start",
        target: { type: "recording", id: recording.id },
        detail: { session_id: recording.sessionId, origin: recording.origin },
      });
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError(
      "conflict",
      "This session is being recorded already, in another tab. Stop that recording first.",
      { cause: error },
    );
  }
}

/** The row comes first, so that no object is ever without one. */
async function beginObject({ db, store }: SealDeps, { id, storageKey }: NewRecording) {
  try {
    const storageState = await store.begin(storageKey, RESERVED_HEADER_BYTES);
    await db.$executeRaw`
      UPDATE "recordings" SET "storage_state" = ${JSON.stringify(storageState)}::jsonb WHERE "id" = ${id}::uuid`;
  } catch (error) {
    await store.delete(storageKey);
    await deleteRecordingRow(db, id);
    throw error;
  }
}

/** By month, so that no folder grows without end. No extension: only its first bytes tell what it will hold. */
function storageKeyOf(id: string, startedAt: Date): string {
  const [year, month] = startedAt.toISOString().split("-");
  return `${year ?? ""}/${month ?? ""}/${id}`;
}

/**
 * e.g. `Desktop 2026-11-21 09.30.05.webm` (UTC); only characters that every file system takes. Most browsers
 * record WebM; where the bytes turn out to be something else, the extension follows them.
 */
function filenameOf(appName: string, startedAt: Date): string {
  const [day, time] = startedAt.toISOString().split("T");
  const plainName = appName.replaceAll(/[^\p{L}\p{N} ._-]/gu, " ").trim();
  return `${plainName} ${day ?? ""} ${(time ?? "").slice(0, 8).replaceAll(":", ".")}.webm`;
}
