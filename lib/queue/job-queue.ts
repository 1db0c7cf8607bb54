import { JOB_NAMES, type JobName, type JobPayload, JOBS } from "./jobs";
import { openQueue, type QueueConfig } from "./connection";

export interface JobQueue {
  /** Has a job done soon, apart from its schedule. */
  enqueue<N extends JobName>(name: N, payload: JobPayload<N>): Promise<void>;
  /** Sees to it that every job is made as often as it should be. Any number of processes may call it. */
  schedule(): Promise<void>;
  close(): Promise<void>;
}

/** Kept so that an operator can see what was done lately. */
const KEPT_JOBS = { removeOnComplete: { count: 100 }, removeOnFail: { count: 500 } };

/** Opens the queue. `onError` hears of connections that were lost; they are made again without help. */
export function openJobQueue(config: QueueConfig, onError: (error: Error) => void): JobQueue {
  const queue = openQueue(config);
  queue.on("error", onError);
  return {
    enqueue: async (name, payload) => {
      await queue.add(name, JOBS[name].payload.parse(payload), KEPT_JOBS);
    },
    schedule: async () => {
      for (const name of JOB_NAMES) {
        const template = { name, data: {}, opts: KEPT_JOBS };
        await queue.upsertJobScheduler(name, { every: JOBS[name].everyMs }, template);
      }
    },
    close: async () => await queue.close(),
  };
}
