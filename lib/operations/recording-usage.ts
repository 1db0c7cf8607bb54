import { type Database, Prisma } from "@/lib/db/database";
import { remembered } from "./remembered";

/** What the recordings of one status in one backend take. */
export interface UsedGroup {
  readonly status: "recording" | "uploading" | "ready" | "failed";
  readonly storageBackend: "local" | "s3";
  readonly recordings: number;
  readonly sizeBytes: number;
}

/** What was made on one day and is still there. */
export interface DayGrowth {
  /** `2026-11-21`, of UTC. */
  readonly day: string;
  readonly recordings: number;
  readonly sizeBytes: number;
}

export interface Usage {
  readonly at: Date;
  readonly groups: readonly UsedGroup[];
  /** The last 30 days, today included, the oldest first; also days without a recording. */
  readonly growth: readonly DayGrowth[];
  readonly oldest: { readonly id: string; readonly createdAt: Date } | null;
}

const GROWTH_DAYS = 30;
/** Sums over a million recordings may take a second: whoever looks within this time shares them. */
const FRESH_MS = 15_000;

/** What all recordings take together. One for a process: the sums are seconds old at most, and made once for all who ask. */
export class RecordingUsage {
  readonly look = remembered(FRESH_MS, () => this.sum());

  constructor(private readonly deps: { readonly db: Database; readonly now: () => Date }) {}

  private async sum(): Promise<Usage> {
    const { db, now } = this.deps;
    const at = now();
    const [groups, growth, oldest] = await Promise.all([
      sumGroups(db),
      sumDays(db, at),
      db.recording.findFirst({
        orderBy: [{ createdAt: "asc" }, { id: "asc" }],
        select: { id: true, createdAt: true },
      }),
    ]);
    return { at, groups, growth, oldest };
  }
}

/** What is finished, from an index alone; the few that are not add what has arrived of them. */
export async function sumGroups(db: Database): Promise<UsedGroup[]> {
  return await db.$queryRaw<UsedGroup[]>`
    SELECT "status"::text, "storage_backend"::text AS "storageBackend",
           sum("recordings")::float8 AS "recordings", sum("bytes")::float8 AS "sizeBytes"
      FROM (SELECT "status", "storage_backend", count(*) AS "recordings", sum("sort_size_bytes") AS "bytes"
              FROM "recordings" GROUP BY "storage_backend", "status"
            UNION ALL
            SELECT "status", "storage_backend", 0, sum("size_bytes")
              FROM "recordings" WHERE "status" IN ('recording', 'uploading') GROUP BY 1, 2) AS "parts"
     GROUP BY "parts"."status", "storage_backend"
     ORDER BY array_position(ARRAY['ready', 'recording', 'uploading', 'failed'], "parts"."status"::text), 2`;
}

/** Bytes of what is not finished yet are counted when it is. */
async function sumDays(db: Database, at: Date): Promise<DayGrowth[]> {
  const firstDay = Prisma.sql`date_trunc('day', ${at}::timestamptz AT TIME ZONE 'UTC') - ${GROWTH_DAYS - 1}::int * interval '1 day'`;
  return await db.$queryRaw<DayGrowth[]>`
    SELECT to_char("days"."day", 'YYYY-MM-DD') AS "day", coalesce("recordings", 0)::float8 AS "recordings",
           coalesce("bytes", 0)::float8 AS "sizeBytes"
      FROM generate_series(${firstDay}, ${at}::timestamptz AT TIME ZONE 'UTC', interval '1 day') AS "days"("day")
      LEFT JOIN (SELECT date_trunc('day', "created_at" AT TIME ZONE 'UTC') AS "day", count(*) AS "recordings",
                        sum("sort_size_bytes") AS "bytes"
                   FROM "recordings" WHERE "created_at" >= (${firstDay}) AT TIME ZONE 'UTC' GROUP BY 1) AS "made"
        ON "made"."day" = "days"."day"
     ORDER BY "days"."day"`;
}
