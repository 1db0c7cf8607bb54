import { z } from "zod";

/** What `/api/admin/storage` says. Pure: the browser imports it too. */

const count = z.number().int().nonnegative();
const bytes = z.number().nonnegative();
const time = z.iso.datetime();

const jobRunSchema = z.object({
  started_at: time,
  duration_ms: z.number(),
  /** What the job says it did; null when it failed or says nothing. */
  result: z.unknown(),
  /** Null unless it failed. */
  error: z.string().nullable(),
});
export type JobRunJson = z.infer<typeof jobRunSchema>;

const failedJobSchema = z.object({
  id: z.string(),
  job: z.string(),
  failed_at: time,
  error: z.string(),
  attempts: count,
});
export type FailedJobJson = z.infer<typeof failedJobSchema>;

const jobSchema = z.object({
  name: z.string(),
  every_seconds: z.number(),
  /** Null while the queue does not tell. */
  next_run_at: time.nullable(),
  /** The latest, the newest first. */
  runs: z.array(jobRunSchema),
});
export type JobJson = z.infer<typeof jobSchema>;

const growthSchema = z.object({ day: z.iso.date(), recordings: count, size_bytes: bytes });
export type DayGrowthJson = z.infer<typeof growthSchema>;

export const storageViewSchema = z.object({
  /** When it was looked at, by the server's clock. */
  at: time,
  used: z.object({
    /** When the sums were made: some seconds ago. */
    as_of: time,
    recordings: count,
    size_bytes: bytes,
    groups: z.array(
      z.object({
        status: z.enum(["recording", "uploading", "ready", "failed"]),
        storage_backend: z.enum(["local", "s3"]),
        recordings: count,
        size_bytes: bytes,
      }),
    ),
    oldest: z.object({ id: z.uuid(), created_at: time }).nullable(),
  }),
  /** What was made on each of the last 30 days (UTC) and is still there. */
  growth: z.array(growthSchema),
  space: z.object({
    backend: z.enum(["local", "s3"]),
    /** Null where storage has no end of its own, or does not tell. */
    free_bytes: bytes.nullable(),
    /** With less than this free nothing new is recorded. */
    floor_bytes: bytes,
  }),
  health: z.array(z.object({ name: z.string(), ok: z.boolean(), message: z.string() })),
  queue: z.object({
    backend: z.enum(["redis", "postgresql"]),
    /** Null while the queue does not answer. */
    depth: z.object({ waiting: count, active: count, delayed: count, failed: count }).nullable(),
  }),
  jobs: z.array(jobSchema),
  /** Jobs that failed and were not run again. */
  failures: z.array(failedJobSchema),
});
export type StorageViewJson = z.infer<typeof storageViewSchema>;
