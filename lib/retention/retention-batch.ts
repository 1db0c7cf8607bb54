import { type DatabaseOrTransaction, Prisma } from "@/lib/db/database";
import { hasRunOut } from "@/lib/db/database-clock";
import { IS_BEGUN_BY_SWEEP } from "@/lib/holds/begun-deletion";
import { IS_HELD } from "@/lib/holds/hold-repository";
import { IS_UNCLAIMED } from "@/lib/recordings/recording-claim";
import type { StorageState } from "@/lib/storage/recording-store";
import { type Backend, expired } from "./expired-recordings";
import type { RetentionLimit } from "./retention-policy";

/** Where a batch ended; the next begins behind it. */
export interface Position {
  readonly completedAt: Date;
  readonly id: string;
}

export interface ExpiredRecording extends Position {
  readonly storageKey: string;
  readonly storageState: StorageState;
  readonly filename: string;
  readonly owner: string;
  readonly sizeBytes: number;
}

/**
 * Recordings whose deletion has begun, as one row that names them all. The recordings' own rows stay as they are
 * until they go: to mark each would cost more than to delete it. Whoever has the token works on the batch; it runs
 * out by itself.
 */
export interface Batch {
  readonly id: string;
  readonly token: string;
  readonly recordings: readonly ExpiredRecording[];
}

/** As long as a recording's claim; see `recording-claim.ts`. */
const HELD_UNTIL = Prisma.sql`now() + 10 * interval '1 second'`;
const COLUMNS = Prisma.sql`
  "recordings"."id", "storage_key", "storage_state", "filename", "username", "size_bytes", "completed_at"`;

interface BatchQuery {
  readonly after: Position;
  readonly limit: number;
  readonly backend: Backend;
}

/**
 * Begins the deletion of the oldest recordings past their limit that nobody has claimed and nothing holds; null when
 * there are none. The database checks each against the limits too. In a transaction that keeps holds out: once it is
 * committed, they may go. Until then their rows are locked: who wants to claim one waits, and then finds the batch.
 */
export async function beginBatch(
  transaction: DatabaseOrTransaction,
  limits: readonly RetentionLimit[],
  { after, limit, backend }: BatchQuery,
): Promise<Batch | null> {
  if (limits.length === 0) return null;
  await beginOneAtATime(transaction);
  await readInOrder(transaction);
  const rows = await transaction.$queryRaw<BatchRow[]>`
    SELECT ${COLUMNS} FROM "recordings" ${expired(limits, backend)} AND NOT ${IS_HELD}
       AND ("recordings"."completed_at", "recordings"."id") > (${after.completedAt}::timestamptz, ${after.id}::uuid)
       AND ${IS_UNCLAIMED}
     ORDER BY "recordings"."completed_at", "recordings"."id" LIMIT ${limit}::int
       FOR NO KEY UPDATE OF "recordings" SKIP LOCKED`;
  if (rows.length === 0) return null;
  const ids = rows.map(({ id }) => id);
  const allowing = JSON.stringify(
    Object.fromEntries(limits.map(({ appId, days }) => [appId, days])),
  );
  const [batch] = await transaction.$queryRaw<BatchHold[]>`
    INSERT INTO "retention_batches" ("storage_backend", "recording_ids", "limits", "token", "expires_at")
    VALUES (${backend}::"StorageBackend", ${ids}::uuid[], ${allowing}::jsonb, gen_random_uuid(), ${HELD_UNTIL})
    RETURNING "id"::text, "token"::text`;
  return batch === undefined ? null : { ...batch, recordings: rows.map(toExpired) };
}

/** Before anything is read: what one batch names, the next sees. */
async function beginOneAtATime(transaction: DatabaseOrTransaction): Promise<void> {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(1397707349)`;
}

/**
 * From the oldest on, by the index, and no further than the batch. The planner takes far fewer recordings for unheld
 * than are, and would read and sort all that are past their limit, for each batch anew.
 */
async function readInOrder(transaction: DatabaseOrTransaction): Promise<void> {
  await transaction.$executeRaw`SELECT set_config('enable_sort', 'off', true)`;
}

/**
 * Takes over what a process that died, or a storage that was away, left of an earlier sweep; null when nothing is left
 * behind `afterId`, in the order of the batches' ids.
 */
export async function takeOverBatch(
  db: DatabaseOrTransaction,
  { afterId, backend }: { readonly afterId: string; readonly backend: Backend },
): Promise<Batch | null> {
  const [batch] = await db.$queryRaw<(BatchHold & { recording_ids: string[] })[]>`
    UPDATE "retention_batches" SET "token" = gen_random_uuid(), "expires_at" = ${HELD_UNTIL}
     WHERE "id" = (SELECT "id" FROM "retention_batches"
                    WHERE "id" > ${afterId}::uuid AND "storage_backend" = ${backend}::"StorageBackend"
                      AND ("expires_at" IS NULL OR ${hasRunOut(Prisma.sql`"expires_at"`)})
                    ORDER BY "id" LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING "id"::text, "token"::text, "recording_ids"::text[]`;
  if (batch === undefined) return null;
  const { id, token, recording_ids: ids } = batch;
  const rows = await db.$queryRaw<BatchRow[]>`
    SELECT ${COLUMNS} FROM "recordings" WHERE "id" = ANY(${ids}::uuid[])`;
  return { id, token, recordings: rows.map(toExpired) };
}

/**
 * Puts what an older version had begun, which marked each recording, into batches of at most `limit` that are
 * nobody's yet. In a transaction.
 */
export async function adoptMarked(
  transaction: DatabaseOrTransaction,
  { limit, backend }: { readonly limit: number; readonly backend: Backend },
): Promise<void> {
  await beginOneAtATime(transaction);
  await transaction.$executeRaw`
    INSERT INTO "retention_batches" ("storage_backend", "recording_ids")
    SELECT ${backend}::"StorageBackend", array_agg("id")
      FROM (SELECT "id", (row_number() OVER (ORDER BY "completed_at", "id") - 1) / ${limit}::int AS "lot"
              FROM "recordings"
             WHERE "deletion_cause" = 'retention' AND "storage_backend" = ${backend}::"StorageBackend"
               AND NOT ${IS_BEGUN_BY_SWEEP} AND ${IS_UNCLAIMED}) AS "marked"
     GROUP BY "lot"`;
}

type BatchHold = Pick<Batch, "id" | "token">;

interface BatchRow {
  readonly id: string;
  readonly storage_key: string;
  readonly storage_state: StorageState;
  readonly filename: string;
  readonly username: string;
  readonly size_bytes: bigint;
  readonly completed_at: Date;
}

function toExpired(row: BatchRow): ExpiredRecording {
  return {
    id: row.id,
    storageKey: row.storage_key,
    storageState: row.storage_state,
    filename: row.filename,
    owner: row.username,
    sizeBytes: Number(row.size_bytes),
    completedAt: row.completed_at,
  };
}

/** Keeps a batch for as long again. What was lost meanwhile, another process deletes as well: no harm. */
export async function renewBatch(
  db: DatabaseOrTransaction,
  { id, token }: BatchHold,
): Promise<void> {
  await db.$executeRaw`
    UPDATE "retention_batches" SET "expires_at" = ${HELD_UNTIL}
     WHERE "id" = ${id}::uuid AND "token" = ${token}::uuid`;
}

/** Gives a batch back whole, to be gone on with by another run. */
export async function giveBack(db: DatabaseOrTransaction, { id, token }: BatchHold): Promise<void> {
  await db.$executeRaw`
    UPDATE "retention_batches" SET "token" = NULL, "expires_at" = NULL
     WHERE "id" = ${id}::uuid AND "token" = ${token}::uuid`;
}

/**
 * Lets recordings that are whole out of their batch: the rules and holds of now decide about them again, as if their
 * deletion had not begun, also where an older version had marked them. In a transaction. Returns what is left.
 */
export async function letOut(
  transaction: DatabaseOrTransaction,
  batch: Batch,
  whole: readonly ExpiredRecording[],
): Promise<Batch> {
  if (whole.length === 0) return batch;
  const ids = new Set(whole.map(({ id }) => id));
  const recordings = batch.recordings.filter(({ id }) => !ids.has(id));
  const left = recordings.map(({ id }) => id);
  await transaction.$executeRaw`
    UPDATE "recordings" SET "deletion_cause" = NULL
     WHERE "id" = ANY(${[...ids]}::uuid[]) AND "deletion_cause" = 'retention'`;
  if (left.length === 0) await dropBatch(transaction, batch);
  else {
    await transaction.$executeRaw`
      UPDATE "retention_batches" SET "recording_ids" = ${left}::uuid[]
       WHERE "id" = ${batch.id}::uuid AND "token" = ${batch.token}::uuid`;
  }
  return { ...batch, recordings };
}

/**
 * Deletes the rows of `gone`, whose bytes are gone, and ends the batch; what is `stuck` stays in it, for another run.
 * In a transaction. Returns the ids of those that nobody else had deleted.
 */
export async function endBatch(
  transaction: DatabaseOrTransaction,
  batch: BatchHold,
  { gone, stuck }: { readonly gone: readonly string[]; readonly stuck: readonly string[] },
): Promise<ReadonlySet<string>> {
  const rows = await transaction.$queryRaw<{ id: string }[]>`
    DELETE FROM "recordings" WHERE "id" = ANY(${gone}::uuid[]) RETURNING "id"`;
  if (stuck.length === 0) await dropBatch(transaction, batch);
  else {
    await transaction.$executeRaw`
      UPDATE "retention_batches"
         SET "recording_ids" = ${stuck}::uuid[], "token" = NULL, "expires_at" = NULL
       WHERE "id" = ${batch.id}::uuid AND "token" = ${batch.token}::uuid`;
  }
  return new Set(rows.map((row) => row.id));
}

async function dropBatch(
  transaction: DatabaseOrTransaction,
  { id, token }: BatchHold,
): Promise<void> {
  await transaction.$executeRaw`
    DELETE FROM "retention_batches" WHERE "id" = ${id}::uuid AND "token" = ${token}::uuid`;
}
