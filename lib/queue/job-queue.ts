import { setTimeout as delay } from "node:timers/promises";
import { JOB_NAMES, type JobName, type JobPayload, JOBS } from "./jobs";
import { openQueue, type QueueConfig } from "./connection";

export interface JobQueue {
  /** Has a job done soon, apart from its schedule. */
  enqueue<N extends JobName>(name: N, payload: JobPayload<N>): Promise<void>;
  /**
   * Sees to it that every job is made as often as it should be, from now until `close`: a Redis that comes
   * back without its data has forgotten all schedules, and a machine whose clock was hours ahead has put
   * off the next job by as much. Any number of processes may call it.
   */
  schedule(): Promise<void>;
  close(): Promise<void>;
}

/** Kept so that an operator can see what was done lately. */
const KEPT_JOBS = { removeOnComplete: { count: 100 }, removeOnFail: { count: 500 } };

const LOOK_AGAIN_MS = 20_000;

/** Opens the queue. `onError` hears of connections that were lost; they are made again without help. */
export function openJobQueue(
  config: QueueConfig,
  onError: (error: Error) => void,
  { lookAgainMs = LOOK_AGAIN_MS }: { readonly lookAgainMs?: number } = {},
): JobQueue {
  const queue = openQueue(config);
  queue.on("error", onError);
  const closing = new AbortController();
  const scheduleAll = async (names: readonly JobName[]) => {
    for (const name of names) {
      const template = { name, data: {}, opts: KEPT_JOBS };
      await queue.upsertJobScheduler(name, { every: JOBS[name].everyMs }, template);
    }
  };
  const mendSchedules = async () => {
    const found = await queue.getJobSchedulers();
    const nextAt = new Map(found.map(({ key, next }) => [key, next ?? 0]));
    // Those that are as they should be are left alone: scheduling one again would move its next job.
    const wrong = JOB_NAMES.filter((name) => {
      const waitMs = (nextAt.get(name) ?? Infinity) - Date.now();
      return waitMs > 2 * JOBS[name].everyMs;
    });
    for (const name of wrong) await queue.removeJobScheduler(name);
    await scheduleAll(wrong);
  };
  const keepLooking = async () => {
    for (;;) {
      await delay(lookAgainMs, undefined, { ref: false, signal: closing.signal });
      await mendSchedules().catch(onError);
    }
  };
  return {
    enqueue: async (name, payload) => {
      await queue.add(name, JOBS[name].payload.parse(payload), KEPT_JOBS);
    },
    schedule: async () => {
      await scheduleAll(JOB_NAMES);
      // Ends when the signal says so.
      keepLooking().catch(() => undefined);
    },
    close: async () => {
      closing.abort();
      await queue.close();
    },
  };
}
