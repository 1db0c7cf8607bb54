import type { DatabaseOrTransaction } from "@/lib/db/database";

/** One run of a background job that is over. */
export interface JobRun {
  readonly job: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** What the job says it did. */
  readonly result: unknown;
  /** Null unless it failed. */
  readonly error: string | null;
}

/** Of each job so many runs are kept: a day of one that runs every quarter of an hour. */
const KEPT_RUNS = 100;
const MAX_ERROR_LENGTH = 2_000;

/**
 * Keeps how a job went, and lets go of the oldest, but never of the latest that ended well: an alert counts from it,
 * however often the job has failed since.
 */
export async function saveJobRun(db: DatabaseOrTransaction, run: JobRun): Promise<void> {
  const result =
    run.result === undefined || run.result === null ? null : JSON.stringify(run.result);
  const error = run.error?.replaceAll("\0", "\uFFFD").slice(0, MAX_ERROR_LENGTH) ?? null;
  await db.$executeRaw`
    INSERT INTO "job_runs" ("job", "started_at", "finished_at", "result", "error")
    VALUES (${run.job}, ${run.startedAt}, ${run.finishedAt}, ${result}::jsonb, ${error})`;
  await db.$executeRaw`
    DELETE FROM "job_runs" WHERE "job" = ${run.job} AND "id" <= (
      SELECT "id" FROM "job_runs" WHERE "job" = ${run.job} ORDER BY "id" DESC OFFSET ${KEPT_RUNS} LIMIT 1)
    AND "id" IS DISTINCT FROM (
      SELECT "id" FROM "job_runs" WHERE "job" = ${run.job} AND "error" IS NULL ORDER BY "id" DESC LIMIT 1)`;
}

/** The latest runs of each job, the newest first. */
export async function findJobRuns(
  db: DatabaseOrTransaction,
  jobs: readonly string[],
  runsEach: number,
): Promise<readonly JobRun[]> {
  return await db.$queryRaw<JobRun[]>`
    SELECT "run"."job", "run"."started_at" AS "startedAt", "run"."finished_at" AS "finishedAt",
           "run"."result", "run"."error"
      FROM unnest(${jobs}::text[]) AS "wanted"("job")
      CROSS JOIN LATERAL (
        SELECT * FROM "job_runs" WHERE "job" = "wanted"."job" ORDER BY "id" DESC LIMIT ${runsEach}
      ) AS "run"
     ORDER BY "run"."id" DESC`;
}
