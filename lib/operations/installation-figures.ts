import { z } from "zod";
import type { Services } from "@/lib/composition/services";
import type { Database } from "@/lib/db/database";
import type { InstallationFigures, InstallationSources } from "@/lib/metrics/installation-metrics";
import { findSettings } from "@/lib/settings/settings-repository";
import { sumGroups, type UsedGroup } from "./recording-usage";
import { remembered } from "./remembered";

/** Sums over a million recordings read an index of a hundred megabytes: once a minute is enough. */
const SUMS_FRESH_MS = 60_000;
const MEBIBYTE = 1024 * 1024;

const foundSchema = z.object({ found: z.record(z.string(), z.number()) });

/** Where the metrics of the whole installation come from. */
export function installationSources({
  db,
  store,
  queue,
}: Pick<Services, "db" | "store" | "queue">): InstallationSources {
  const recordings = remembered(SUMS_FRESH_MS, () => sumGroups(db));
  return {
    database: async () => await lookUp(db, recordings),
    queue: () => queue.counts(),
    storage: async () => ({ freeBytes: await store.freeBytes() }),
  };
}

async function lookUp(
  db: Database,
  recordings: () => Promise<readonly UsedGroup[]>,
): Promise<InstallationFigures> {
  const [groups, sessions, lastSuccess, findings, settings] = await Promise.all([
    recordings(),
    countSessions(db),
    findLastSuccesses(db),
    findFindings(db),
    findSettings(db),
  ]);
  const floorBytes = settings.values.free_space_floor_mb * MEBIBYTE;
  const sessionsLimit = settings.values.max_sessions || null;
  return { recordings: groups, sessions, sessionsLimit, lastSuccess, findings, floorBytes };
}

async function countSessions(db: Database): Promise<Record<string, number>> {
  const rows = await db.$queryRaw<{ status: string; count: number }[]>`
    SELECT CASE WHEN "queued_at" IS NULL THEN "status"::text ELSE 'queued' END AS "status", count(*)::int AS "count"
      FROM "sessions" WHERE "status" IN ('creating', 'running') GROUP BY 1`;
  const none = { queued: 0, creating: 0, running: 0 };
  return { ...none, ...Object.fromEntries(rows.map(({ status, count }) => [status, count])) };
}

/** Of each job only the latest runs are kept, so this reads hundreds of rows. */
async function findLastSuccesses(db: Database): Promise<{ job: string; at: Date }[]> {
  return await db.$queryRaw<{ job: string; at: Date }[]>`
    SELECT "job", max("finished_at") AS "at" FROM "job_runs" WHERE "error" IS NULL GROUP BY "job"`;
}

async function findFindings(db: Database): Promise<Readonly<Record<string, number>> | null> {
  const [latest] = await db.$queryRaw<{ result: unknown }[]>`
    SELECT "result" FROM "job_runs"
     WHERE "job" = 'reconcile-storage' AND "error" IS NULL AND "result" ? 'found'
     ORDER BY "id" DESC LIMIT 1`;
  const parsed = foundSchema.safeParse(latest?.result);
  return parsed.success ? parsed.data.found : null;
}
