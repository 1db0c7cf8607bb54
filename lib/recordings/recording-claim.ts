import { type Database, type DatabaseOrTransaction, Prisma } from "@/lib/db/database";
import { hasRunOut } from "@/lib/db/database-clock";
import { IS_HELD, keepHoldsOut, PATIENT } from "@/lib/holds/hold-repository";
import type { MediaFormat } from "@/lib/media/media-indexer";
import type { StorageState } from "@/lib/storage/recording-store";
import type { RecordingStatus } from "./recording-state";

/**
 * The claim: the right to change a recording's bytes, as a token in its row that runs out by itself.
 * Whoever holds it writes, makes the bytes durable, and then moves the row on in one update that is
 * guarded by the token. A holder that died or fell asleep loses it and can no longer move the row.
 */
export interface Claim {
  readonly recordingId: string;
  readonly token: string;
  readonly userId: string;
  readonly status: RecordingStatus;
  readonly uploadOffset: number;
  readonly uploadLength: number | null;
  readonly indexState: Uint8Array | null;
  /** The partial block an earlier seal cut off; not null when appending means to go on from there. */
  readonly resumeTail: Uint8Array | null;
  readonly storageKey: string;
  readonly storageState: StorageState;
  readonly interrupted: boolean;
  /** Time since bytes last arrived. */
  readonly idleMs: number;
}

/** Short, because the claim of a process that was killed blocks its successor for so long. */
const CLAIM_SECONDS = 10;
/** After so long a claim is free, unless its holder is alive and does not let go. */
export const CLAIM_MS = CLAIM_SECONDS * 1000;
/** A holder that goes on for longer asks again this often; see `ClaimHolder`. */
export const CLAIM_RENEWAL_MS = 3_000;

/** Nobody has claimed it, to add to it or to delete it: a condition on `recordings`. */
export const IS_UNCLAIMED = Prisma.sql`("recordings"."append_token" IS NULL
  OR ${hasRunOut(Prisma.sql`"recordings"."append_expires_at"`)})`;

interface ClaimRow {
  id: string;
  append_token: string;
  user_id: string;
  status: RecordingStatus;
  upload_offset: bigint;
  upload_length: bigint | null;
  index_state: Uint8Array | null;
  resume_tail: Uint8Array | null;
  storage_key: string;
  storage_state: StorageState;
  interrupted: boolean;
  idle_ms: number;
}

/** Claims a recording to append at `offset`; null when it is not at that offset, not open, not theirs or claimed. */
export async function claimForAppend(
  db: DatabaseOrTransaction,
  { recordingId, userId, offset }: { recordingId: string; userId: string; offset: number },
): Promise<Claim | null> {
  return claim(
    db,
    recordingId,
    Prisma.sql`"user_id" = ${userId}::uuid AND "upload_offset" = ${offset}::bigint
      AND "deletion_cause" IS NULL AND ("status" IN ('recording', 'uploading') OR "resume_tail" IS NOT NULL)`,
  );
}

/**
 * Claims an unfinished recording to seal it; null when it is finished, claimed, or has had bytes within `idleMs`. Without
 * that, no time is asked: its own may lie ahead of the clock, which may have been set back and is finer than the row.
 */
export async function claimForSeal(
  db: DatabaseOrTransaction,
  { recordingId, idleMs }: { recordingId: string; idleMs: number | null },
): Promise<Claim | null> {
  const isIdle =
    idleMs === null
      ? Prisma.sql`true`
      : Prisma.sql`"last_append_at" <= now() - ${idleMs}::float8 * interval '1 millisecond'`;
  return claim(
    db,
    recordingId,
    Prisma.sql`"status" IN ('recording', 'uploading') AND "deletion_cause" IS NULL AND ${isIdle}`,
  );
}

/** Claims a recording, whatever its status, to delete it or what it does not need; null when it is claimed or gone. */
export async function claimAsItIs(
  db: DatabaseOrTransaction,
  recordingId: string,
): Promise<Claim | null> {
  return claim(db, recordingId, Prisma.sql`true`);
}

/**
 * A claim that a crash of the database forgets has done no harm, so no request waits for it to reach
 * the disk (`hasty`). What is acknowledged does: `commitAppend` is as durable as the database is.
 */
async function claim(
  db: DatabaseOrTransaction,
  recordingId: string,
  condition: Prisma.Sql,
): Promise<Claim | null> {
  const [row] = await db.$queryRaw<ClaimRow[]>`/* prepared */
    WITH "hasty" AS (SELECT set_config('synchronous_commit', 'off', true))
    UPDATE "recordings"
       SET "append_token" = gen_random_uuid(),
           "append_expires_at" = now() + ${CLAIM_SECONDS}::int * interval '1 second'
      FROM "hasty"
     WHERE "id" = ${recordingId}::uuid AND ${condition}
       AND ${IS_UNCLAIMED}
    RETURNING "id", "append_token", "user_id", "status"::text, "upload_offset", "upload_length",
              "index_state", "resume_tail", "storage_key", "storage_state", "interrupted",
              extract(epoch FROM now() - "last_append_at")::float8 * 1000 AS "idle_ms"`;
  return row === undefined ? null : toClaim(row);
}

function toClaim(row: ClaimRow): Claim {
  return {
    recordingId: row.id,
    token: row.append_token,
    userId: row.user_id,
    status: row.status,
    uploadOffset: Number(row.upload_offset),
    uploadLength: row.upload_length === null ? null : Number(row.upload_length),
    indexState: row.index_state,
    resumeTail: row.resume_tail,
    storageKey: row.storage_key,
    storageState: row.storage_state,
    interrupted: row.interrupted,
    idleMs: row.idle_ms,
  };
}

/**
 * To be called before the first byte of a claimed recording is deleted: from then on nobody adds to it any more,
 * and no hold can be placed on it. False when it is under legal hold, or the claim was lost.
 */
export async function beginDeletion(db: Database, claim: Claim): Promise<boolean> {
  return db.$transaction(async (transaction) => {
    await keepHoldsOut(transaction);
    const begun = await transaction.$executeRaw`
      UPDATE "recordings" SET "deletion_cause" = coalesce("deletion_cause", 'person')
       WHERE "id" = ${claim.recordingId}::uuid AND "append_token" = ${claim.token}::uuid AND NOT ${IS_HELD}`;
    return begun === 1;
  }, PATIENT);
}

/** Keeps the claim for as long again; false when it is lost. */
export async function renewClaim(db: DatabaseOrTransaction, claim: Claim): Promise<boolean> {
  const renewed = await db.$executeRaw`
    UPDATE "recordings" SET "append_expires_at" = now() + ${CLAIM_SECONDS}::int * interval '1 second'
     WHERE "id" = ${claim.recordingId}::uuid AND "append_token" = ${claim.token}::uuid`;
  return renewed === 1;
}

/** Gives the claim back with nothing else changed. Harmless when it is lost. */
export async function releaseClaim(db: DatabaseOrTransaction, claim: Claim): Promise<void> {
  await updateClaimed(db, claim, CLAIM_GIVEN_BACK);
}

/**
 * Takes a finished recording up again under the claim; false when the claim was lost. Its sender came back,
 * so that it is `recovered` and no longer `interrupted`; should the sender go away again, the next seal says so.
 */
export async function resumeClaimed(
  db: DatabaseOrTransaction,
  claim: Claim,
  status: RecordingStatus,
): Promise<boolean> {
  return updateClaimed(db, claim, {
    status,
    completedAt: null,
    failReason: null,
    failDetail: null,
    interrupted: false,
    recovered: true,
  });
}

/** Changes the row under the claim; false when the claim was lost. */
export async function updateClaimed(
  db: DatabaseOrTransaction,
  claim: Claim,
  data: Prisma.RecordingUpdateManyMutationInput,
): Promise<boolean> {
  const { count } = await db.recording.updateMany({
    where: { id: claim.recordingId, appendToken: claim.token },
    data,
  });
  return count === 1;
}

/** What gives the claim back, as part of a last update under it. */
export const CLAIM_GIVEN_BACK = { appendToken: null, appendExpiresAt: null } as const;

export interface Appended {
  /** What the bytes so far say that they are; null before the first. */
  readonly format: MediaFormat | null;
  readonly uploadOffset: number;
  readonly sizeBytes: number;
  /** As this append announced it; null when it did not. */
  readonly uploadLength: number | null;
  readonly truncated: boolean;
  /** Whether the bytes an earlier seal cut off are in the live object again. */
  readonly tailRestored: boolean;
  readonly indexState: Uint8Array;
  readonly storageState: StorageState;
}

/** Where a recording stands after an append. */
export interface AppendedRow {
  readonly status: RecordingStatus;
  readonly uploadLength: number | null;
}

/** Moves the row on to what is durable now and gives the claim back; null when the claim was lost. */
export async function commitAppend(
  db: DatabaseOrTransaction,
  claim: Claim,
  appended: Appended,
): Promise<AppendedRow | null> {
  const [row] = await db.$queryRaw<
    { status: RecordingStatus; upload_length: bigint | null }[]
  >`/* prepared */
    UPDATE "recordings"
       SET "upload_offset" = ${appended.uploadOffset}::bigint,
           "upload_length" = CASE WHEN ${appended.truncated} THEN ${appended.uploadOffset}::bigint
                                  ELSE coalesce("upload_length", ${appended.uploadLength}::bigint) END,
           "truncated" = "truncated" OR ${appended.truncated},
           "format" = coalesce(${appended.format}::"RecordingFormat", "format"),
           "filename" = regexp_replace("filename", '[.](webm|mp4)$',
                                       coalesce('.' || ${appended.format}::text, '.' || "format"::text)),
           "size_bytes" = ${appended.sizeBytes}::bigint,
           "index_state" = ${appended.indexState}::bytea,
           "resume_tail" = CASE WHEN ${appended.tailRestored} THEN NULL ELSE "resume_tail" END,
           "storage_state" = ${JSON.stringify(appended.storageState)}::jsonb,
           "last_append_at" = now(),
           "append_token" = NULL,
           "append_expires_at" = NULL
     WHERE "id" = ${claim.recordingId}::uuid AND "append_token" = ${claim.token}::uuid
       AND ("upload_length" IS NULL OR "upload_length" >= ${appended.uploadOffset}::bigint)
    RETURNING "status"::text, "upload_length"`;
  if (row === undefined) return null;
  const { status, upload_length: length } = row;
  return { status, uploadLength: length === null ? null : Number(length) };
}
