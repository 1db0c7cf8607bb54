import { setTimeout as delay } from "node:timers/promises";
import { JOB_NAMES, type JobName, type JobPayload, JOBS } from "./jobs";
import { openQueue, type QueueConfig } from "./connection";

export interface JobQueue {
  /** Has a job done soon, apart from its schedule. */
  enqueue<N extends JobName>(name: N, payload: JobPayload<N>): Promise<void>;
  /**
   * Sees to it that every job is made as often as it should be, from now until `close`: a Redis that comes
   * back without its data has forgotten all schedules. Any number of processes may call it.
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
  const restoreLost = async () => {
    const present = new Set((await queue.getJobSchedulers()).map(({ key }) => key));
    // Those that are there are left alone: scheduling one again would move its next job.
    await scheduleAll(JOB_NAMES.filter((name) => !present.has(name)));
  };
  const keepLooking = async () => {
    for (;;) {
      await delay(lookAgainMs, undefined, { ref: false, signal: closing.signal });
      await restoreLost().catch(onError);
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
