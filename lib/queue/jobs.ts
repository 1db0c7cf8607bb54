import { z } from "zod";

interface JobDefinition {
  readonly payload: z.ZodType;
  /** How often the scheduler makes one. */
  readonly everyMs: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Every background job with what it carries. */
export const JOBS = {
  "reap-abandoned": { payload: z.strictObject({}), everyMs: MINUTE_MS },
  "purge-expired": { payload: z.strictObject({}), everyMs: 10 * MINUTE_MS },
  "sweep-retention": {
    /** The run an administrator asked for; without it the schedule did. */
    payload: z.strictObject({ run_id: z.uuid().optional() }),
    everyMs: 60 * MINUTE_MS,
  },
  "reconcile-storage": { payload: z.strictObject({}), everyMs: DAY_MS },
} as const satisfies Record<string, JobDefinition>;

export type JobName = keyof typeof JOBS;
export type JobPayload<N extends JobName> = z.output<(typeof JOBS)[N]["payload"]>;

export const JOB_NAMES = Object.keys(JOBS) as readonly JobName[];

export function isJobName(name: string): name is JobName {
  return Object.hasOwn(JOBS, name);
}
