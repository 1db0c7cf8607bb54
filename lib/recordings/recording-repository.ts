import type { DatabaseOrTransaction, Prisma } from "@/lib/db/database";
import { CLOCK_WENT_BACK_AFTER } from "@/lib/db/database-clock";
import { IN_FORCE } from "@/lib/holds/hold-repository";
import type { MediaFormat } from "@/lib/media/media-indexer";
import { IS_UNCLAIMED } from "./recording-claim";
import type { FailReason, RecordingStatus } from "./recording-state";

/** A recording as the use cases see it: sizes and offsets are bytes, as plain numbers. */
export interface Recording {
  readonly id: string;
  readonly sessionId: string;
  readonly appId: string;
  readonly appName: string;
  readonly cluster: string;
  readonly userId: string;
  readonly username: string;
  readonly filename: string;
  readonly description: string;
  readonly format: MediaFormat | "cast";
  readonly origin: "user" | "policy" | "upload";
  readonly codec: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly sizeBytes: number;
  readonly durationMs: number | null;
  readonly storageBackend: "local" | "s3";
  readonly storageKey: string;
  readonly status: RecordingStatus;
  readonly truncated: boolean;
  readonly interrupted: boolean;
  readonly recovered: boolean;
  readonly failReason: FailReason | null;
  readonly hasPoster: boolean;
  /** Under legal hold, itself or through its session or user. */
  readonly isHeld: boolean;
  readonly uploadOffset: number;
  /** Null until the sender has announced it. */
  readonly uploadLength: number | null;
  readonly createdAt: Date;
  readonly stoppedAt: Date | null;
  readonly completedAt: Date | null;
}

// Picked field by field: the indexer's state is large and nobody else's business.
const SELECT = {
  id: true,
  sessionId: true,
  cluster: true,
  userId: true,
  filename: true,
  description: true,
  format: true,
  origin: true,
  codec: true,
  width: true,
  height: true,
  sizeBytes: true,
  durationMs: true,
  storageBackend: true,
  storageKey: true,
  status: true,
  truncated: true,
  interrupted: true,
  recovered: true,
  failReason: true,
  hasPoster: true,
  uploadOffset: true,
  uploadLength: true,
  createdAt: true,
  stoppedAt: true,
  completedAt: true,
  holds: IN_FORCE,
  session: { select: { app: { select: { id: true, name: true } }, holds: IN_FORCE } },
  user: { select: { username: true, holds: IN_FORCE } },
} as const satisfies Prisma.RecordingSelect;

type Row = Prisma.RecordingGetPayload<{ select: typeof SELECT }>;

function toRecording({ session, user, holds, ...row }: Row): Recording {
  return {
    ...row,
    appId: session.app.id,
    appName: session.app.name,
    username: user.username,
    isHeld: [holds, session.holds, user.holds].some((inForce) => inForce.length > 0),
    sizeBytes: Number(row.sizeBytes),
    durationMs: numberOrNull(row.durationMs),
    failReason: row.failReason as FailReason | null,
    uploadOffset: Number(row.uploadOffset),
    uploadLength: numberOrNull(row.uploadLength),
  };
}

function numberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value);
}

export async function findRecording(
  db: DatabaseOrTransaction,
  id: string,
): Promise<Recording | null> {
  const row = await db.recording.findUnique({ where: { id }, select: SELECT });
  return row === null ? null : toRecording(row);
}

export interface NewRecording {
  readonly id: string;
  readonly sessionId: string;
  /** The session's. */
  readonly cluster: string;
  readonly userId: string;
  readonly origin: "user" | "policy";
  readonly filename: string;
  readonly description: string;
  readonly uploadLength: number | null;
  readonly storageBackend: "local" | "s3";
  readonly storageKey: string;
}

/** @throws a unique violation when the session has a live recording */
export async function insertRecording(
  db: DatabaseOrTransaction,
  recording: NewRecording,
): Promise<void> {
  await db.recording.create({ data: recording, select: { id: true } });
}

/** Changes a recording that still has the status it was seen with. Tells whether it had. */
export async function updateRecording(
  db: DatabaseOrTransaction,
  seen: Pick<Recording, "id" | "status">,
  data: Prisma.RecordingUpdateManyMutationInput,
): Promise<boolean> {
  const { count } = await db.recording.updateMany({
    where: { id: seen.id, status: seen.status },
    data,
  });
  return count === 1;
}

/** Harmless when the row is gone. Tells whether it was there. */
export async function deleteRecordingRow(db: DatabaseOrTransaction, id: string): Promise<boolean> {
  const { count } = await db.recording.deleteMany({ where: { id } });
  return count === 1;
}

/** The session's recording that is being made, with the time since anything of it arrived. */
export async function findLiveRecording(
  db: DatabaseOrTransaction,
  sessionId: string,
): Promise<{ readonly id: string; readonly idleMs: number } | null> {
  const [row] = await db.$queryRaw<{ id: string; idle_ms: number }[]>`
    SELECT "id",
           extract(epoch FROM now() - greatest("last_append_at", "append_expires_at"))::float8 * 1000 AS "idle_ms"
      FROM "recordings" WHERE "session_id" = ${sessionId}::uuid AND "status" = 'recording'`;
  return row === undefined ? null : { id: row.id, idleMs: row.idle_ms };
}

/** What one user's recordings take in storage together, those being made included, in bytes. */
export async function sumOfSizes(db: DatabaseOrTransaction, userId: string): Promise<number> {
  const { _sum } = await db.recording.aggregate({ where: { userId }, _sum: { sizeBytes: true } });
  return Number(_sum.sizeBytes ?? 0);
}

/** Unfinished recordings for which nothing has arrived for `idleMs`, in the order of their ids. */
export async function findAbandoned(
  db: DatabaseOrTransaction,
  { idleMs, afterId, limit }: { idleMs: number; afterId: string; limit: number },
): Promise<readonly string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "recordings"
     WHERE "status" IN ('recording', 'uploading')
       AND "last_append_at" <= now() - ${idleMs}::float8 * interval '1 millisecond'
       AND ${IS_UNCLAIMED}
       AND "id" > ${afterId}::uuid
     ORDER BY "id" LIMIT ${limit}::int`;
  return rows.map((row) => row.id);
}

/**
 * Unfinished recordings that seem to have had bytes in the future had them now: the database's clock was set back, and
 * nobody would see for so long that a sender is gone. One that lives says so with its next bytes.
 */
export async function mendTimes(db: DatabaseOrTransaction): Promise<void> {
  await db.$executeRaw`
    UPDATE "recordings"
       SET "last_append_at" = least("last_append_at", now()),
           "append_expires_at" = least("append_expires_at", now())
     WHERE "status" IN ('recording', 'uploading')
       AND greatest("last_append_at", "append_expires_at") > ${CLOCK_WENT_BACK_AFTER}`;
}

/** Those of these recordings that are there, in no order. */
export async function findRecordingsById(
  db: DatabaseOrTransaction,
  ids: readonly string[],
): Promise<Recording[]> {
  const rows = await db.recording.findMany({ where: { id: { in: [...ids] } }, select: SELECT });
  return rows.map(toRecording);
}
