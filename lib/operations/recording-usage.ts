import type { Database } from "@/lib/db/database";

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
/** Sums over a million recordings take some 100 ms: whoever looks within this time shares them. */
const FRESH_MS = 15_000;

/** What all recordings take together. One for a process: the sums are seconds old at most, and made once for all who ask. */
export class RecordingUsage {
  private latest: { readonly at: number; readonly usage: Promise<Usage> } | null = null;

  constructor(private readonly deps: { readonly db: Database; readonly now: () => Date }) {}

  look(): Promise<Usage> {
    const { latest } = this;
    if (latest !== null && performance.now() - latest.at < FRESH_MS) return latest.usage;
    const usage = this.sum();
    this.latest = { at: performance.now(), usage };
    // What failed is tried again at once.
    usage.catch(() => (this.latest = null));
    return usage;
  }

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

async function sumGroups(db: Database): Promise<UsedGroup[]> {
  return await db.$queryRaw<UsedGroup[]>`
    SELECT "status"::text, "storage_backend"::text AS "storageBackend",
           count(*)::float8 AS "recordings", sum("size_bytes")::float8 AS "sizeBytes"
      FROM "recordings"
     GROUP BY "recordings"."status", "storage_backend"
     ORDER BY array_position(ARRAY['ready', 'recording', 'uploading', 'failed'], "recordings"."status"::text), 2`;
}

async function sumDays(db: Database, at: Date): Promise<DayGrowth[]> {
  return await db.$queryRaw<DayGrowth[]>`
    SELECT to_char("day", 'YYYY-MM-DD') AS "day",
           count("recordings"."id")::float8 AS "recordings",
           coalesce(sum("recordings"."size_bytes"), 0)::float8 AS "sizeBytes"
      FROM generate_series(
             date_trunc('day', ${at}::timestamptz AT TIME ZONE 'UTC') - ${GROWTH_DAYS - 1}::int * interval '1 day',
             date_trunc('day', ${at}::timestamptz AT TIME ZONE 'UTC'), interval '1 day') AS "day"
      LEFT JOIN "recordings" ON "created_at" >= "day" AT TIME ZONE 'UTC'
                            AND "created_at" < ("day" + interval '1 day') AT TIME ZONE 'UTC'
     GROUP BY "day" ORDER BY "day"`;
}
