import { type DatabaseOrTransaction, Prisma } from "@/lib/db/database";
import { IS_HELD } from "@/lib/holds/hold-repository";
import type { StorageState } from "@/lib/storage/recording-store";
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

/** Recordings that one process has claimed to delete, all under one token. */
export interface ClaimedBatch {
  readonly token: string;
  readonly recordings: readonly ExpiredRecording[];
}

export type Backend = "local" | "s3";

/** A claim runs out by itself; see `recording-claim.ts`, whose columns these are. */
const CLAIM = Prisma.sql`now() + 10 * interval '1 second'`;
const IS_FREE = Prisma.sql`("recordings"."append_token" IS NULL OR "recordings"."append_expires_at" < now())`;

/** The apps' limits as a table `limits`, each with the moment before which it lets nothing live. */
function limitsTable(limits: readonly RetentionLimit[]): Prisma.Sql {
  const ids = limits.map(({ appId }) => appId);
  const days = limits.map((limit) => limit.days);
  return Prisma.sql`(
    SELECT "app_id", now() - "days" * interval '24 hours' AS "before"
      FROM unnest(${ids}::text[], ${days}::int[]) AS "limit" ("app_id", "days"))`;
}

/**
 * The recordings that are past their limit, as the rest of a query on `recordings`. Age counts from the moment a
 * recording became ready. The first condition on it says nothing new, but is what the index is read by.
 */
function expired(limits: readonly RetentionLimit[], backend: Backend): Prisma.Sql {
  const shortest = Math.min(...limits.map(({ days }) => days));
  return Prisma.sql`
      JOIN ${limitsTable(limits)} AS "limits" ON "limits"."app_id" = "recordings"."app_id"
     WHERE "recordings"."status" = 'ready'
       AND "recordings"."completed_at" < now() - ${shortest}::int * interval '24 hours'
       AND "recordings"."completed_at" < "limits"."before"
       AND "recordings"."storage_backend" = ${backend}::"StorageBackend"
       AND "recordings"."deletion_cause" IS NULL`;
}

export interface ExpiredSummary {
  readonly count: number;
  readonly bytes: number;
  readonly oldestCompletedAt: Date | null;
  /** How many of them are not past the limits that hold `now`. */
  readonly newlyCount: number;
  readonly heldCount: number;
  readonly heldBytes: number;
}

/** What a sweep with these limits would delete at this moment, and what it would leave because it is held. */
export async function summariseExpired(
  db: DatabaseOrTransaction,
  limits: readonly RetentionLimit[],
  now: readonly RetentionLimit[],
  backend: Backend,
): Promise<ExpiredSummary> {
  if (limits.length === 0) return NOTHING;
  const [row] = await db.$queryRaw<SummaryRow[]>`
    SELECT count(*) FILTER (WHERE NOT "held") AS "count",
           coalesce(sum("size_bytes") FILTER (WHERE NOT "held"), 0)::bigint AS "bytes",
           min("completed_at") FILTER (WHERE NOT "held") AS "oldest",
           count(*) FILTER (WHERE NOT "held" AND "newly") AS "newly",
           count(*) FILTER (WHERE "held") AS "held_count",
           coalesce(sum("size_bytes") FILTER (WHERE "held"), 0)::bigint AS "held_bytes"
      FROM (
        SELECT "recordings"."size_bytes", "recordings"."completed_at", ${IS_HELD} AS "held",
               "present"."before" IS NULL OR "recordings"."completed_at" >= "present"."before" AS "newly"
          FROM "recordings"
          LEFT JOIN ${limitsTable(now)} AS "present" ON "present"."app_id" = "recordings"."app_id"
          ${expired(limits, backend)}
        -- Keeps the planner from working out anew, for each of the sums, what is held.
        OFFSET 0
      ) AS "found"`;
  if (row === undefined) return NOTHING;
  return {
    count: Number(row.count),
    bytes: Number(row.bytes),
    oldestCompletedAt: row.oldest,
    newlyCount: Number(row.newly),
    heldCount: Number(row.held_count),
    heldBytes: Number(row.held_bytes),
  };
}

interface SummaryRow {
  readonly count: bigint;
  readonly bytes: bigint;
  readonly oldest: Date | null;
  readonly newly: bigint;
  readonly held_count: bigint;
  readonly held_bytes: bigint;
}

const NOTHING: ExpiredSummary = {
  ...{ count: 0, bytes: 0, oldestCompletedAt: null, newlyCount: 0 },
  ...{ heldCount: 0, heldBytes: 0 },
};

interface BatchQuery {
  readonly after: Position;
  readonly limit: number;
  readonly backend: Backend;
}

/**
 * Claims the oldest recordings past their limit that nobody has claimed and nothing holds, and begins their
 * deletion. In a transaction that keeps holds out.
 */
export async function claimExpired(
  transaction: DatabaseOrTransaction,
  limits: readonly RetentionLimit[],
  query: BatchQuery,
): Promise<ClaimedBatch> {
  if (limits.length === 0) return { token: "", recordings: [] };
  return claimBatch(
    transaction,
    Prisma.sql`${expired(limits, query.backend)} AND NOT ${IS_HELD}`,
    query,
  );
}

/** Claims what a process that died, or a storage that was away, left of an earlier sweep. */
export async function claimBegun(
  db: DatabaseOrTransaction,
  query: BatchQuery,
): Promise<ClaimedBatch> {
  return claimBatch(
    db,
    Prisma.sql`
      WHERE "recordings"."deletion_cause" = 'retention'
        AND "recordings"."storage_backend" = ${query.backend}::"StorageBackend"`,
    query,
  );
}

/**
 * Materialized, because a plan may run a subquery more than once, and with it the limit: then more is claimed
 * than was asked for.
 */
async function claimBatch(
  db: DatabaseOrTransaction,
  condition: Prisma.Sql,
  { after, limit }: BatchQuery,
): Promise<ClaimedBatch> {
  const token = crypto.randomUUID();
  const rows = await db.$queryRaw<ClaimedRow[]>`
    WITH "chosen" AS MATERIALIZED (
      SELECT "recordings"."id" FROM "recordings" ${condition}
         AND ("recordings"."completed_at", "recordings"."id") > (${after.completedAt}::timestamptz, ${after.id}::uuid)
         AND ${IS_FREE}
       ORDER BY "recordings"."completed_at", "recordings"."id" LIMIT ${limit}::int
         FOR UPDATE OF "recordings" SKIP LOCKED
    )
    UPDATE "recordings"
       SET "append_token" = ${token}::uuid, "append_expires_at" = ${CLAIM}, "deletion_cause" = 'retention'
      FROM "chosen"
     WHERE "recordings"."id" = "chosen"."id"
    RETURNING "recordings"."id", "storage_key", "storage_state", "filename", "username", "size_bytes", "completed_at"`;
  return { token, recordings: rows.map(toExpired) };
}

interface ClaimedRow {
  readonly id: string;
  readonly storage_key: string;
  readonly storage_state: StorageState;
  readonly filename: string;
  readonly username: string;
  readonly size_bytes: bigint;
  readonly completed_at: Date;
}

function toExpired(row: ClaimedRow): ExpiredRecording {
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
  { token, recordings }: ClaimedBatch,
): Promise<void> {
  await db.$executeRaw`
    UPDATE "recordings" SET "append_expires_at" = ${CLAIM}
     WHERE "id" = ANY(${recordings.map(({ id }) => id)}::uuid[]) AND "append_token" = ${token}::uuid`;
}

/** Gives these of a batch back; they stay what they are, to be deleted by another run. */
export async function releaseFrom(
  db: DatabaseOrTransaction,
  { token }: ClaimedBatch,
  ids: readonly string[],
): Promise<void> {
  await db.$executeRaw`
    UPDATE "recordings" SET "append_token" = NULL, "append_expires_at" = NULL
     WHERE "id" = ANY(${ids}::uuid[]) AND "append_token" = ${token}::uuid`;
}

/** Deletes the rows of these of a batch. Returns the ids of those that were still this process's to delete. */
export async function deleteRowsOf(
  db: DatabaseOrTransaction,
  { token }: ClaimedBatch,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    DELETE FROM "recordings"
     WHERE "id" = ANY(${ids}::uuid[]) AND "append_token" = ${token}::uuid AND "deletion_cause" = 'retention'
    RETURNING "id"`;
  return new Set(rows.map(({ id }) => id));
}
