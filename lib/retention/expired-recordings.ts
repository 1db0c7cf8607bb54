import { type DatabaseOrTransaction, Prisma } from "@/lib/db/database";
import { IS_BEGUN_BY_SWEEP } from "@/lib/holds/begun-deletion";
import { IS_HELD } from "@/lib/holds/hold-repository";
import type { RetentionLimit } from "./retention-policy";

export type Backend = "local" | "s3";

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
export function expired(limits: readonly RetentionLimit[], backend: Backend): Prisma.Sql {
  const shortest = Math.min(...limits.map(({ days }) => days));
  return Prisma.sql`
      JOIN ${limitsTable(limits)} AS "limits" ON "limits"."app_id" = "recordings"."app_id"
     WHERE "recordings"."status" = 'ready'
       AND "recordings"."completed_at" < now() - ${shortest}::int * interval '24 hours'
       AND "recordings"."completed_at" < "limits"."before"
       AND "recordings"."storage_backend" = ${backend}::"StorageBackend"
       AND "recordings"."deletion_cause" IS NULL AND NOT ${IS_BEGUN_BY_SWEEP}`;
}

export interface ExpiredSummary {
  readonly count: number;
  readonly bytes: number;
  readonly oldestCompletedAt: Date | null;
  /** How many of them are not past the limits that hold `now`. */
  readonly newlyCount: number;
  readonly heldCount: number;
  readonly heldBytes: number;
  /** How many of those that are held are not past the limits that hold `now`: they go once nothing holds them. */
  readonly newlyHeldCount: number;
  readonly newlyHeldBytes: number;
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
           coalesce(sum("size_bytes") FILTER (WHERE "held"), 0)::bigint AS "held_bytes",
           count(*) FILTER (WHERE "held" AND "newly") AS "newly_held_count",
           coalesce(sum("size_bytes") FILTER (WHERE "held" AND "newly"), 0)::bigint AS "newly_held_bytes"
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
    newlyHeldCount: Number(row.newly_held_count),
    newlyHeldBytes: Number(row.newly_held_bytes),
  };
}

interface SummaryRow {
  readonly count: bigint;
  readonly bytes: bigint;
  readonly oldest: Date | null;
  readonly newly: bigint;
  readonly held_count: bigint;
  readonly held_bytes: bigint;
  readonly newly_held_count: bigint;
  readonly newly_held_bytes: bigint;
}

const NOTHING: ExpiredSummary = {
  ...{ count: 0, bytes: 0, oldestCompletedAt: null, newlyCount: 0 },
  ...{ heldCount: 0, heldBytes: 0, newlyHeldCount: 0, newlyHeldBytes: 0 },
};
