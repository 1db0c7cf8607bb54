import { type Job, WaitingError } from "bullmq";
import { traced } from "@/lib/tracing/traced";
import { openWorker, type QueueConfig } from "./connection";
import { isJobName, type JobName, type JobPayload, JOBS } from "./jobs";

/** Does one job. It may run twice for one job, and in two processes at once: it must not matter. */
export type Handlers = {
  readonly [N in JobName]: (payload: JobPayload<N>) => Promise<unknown>;
};

export interface RunTimes {
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

export interface JobEvents {
  completed(name: string, result: unknown, times: RunTimes): void;
  failed(name: string, error: Error, times: RunTimes): void;
  /** A connection was lost; it is made again without help. */
  disturbed(error: Error): void;
}

export interface JobWorker {
  /**
   * Takes no more jobs, and resolves when those that have begun are over. One that ends with an error from now on
   * goes back to the queue: whoever takes it next goes on with it.
   */
  close(): Promise<void>;
}

/** Starts to take jobs and give each to its handler. */
export async function startJobWorker(
  config: QueueConfig,
  handlers: Handlers,
  events: JobEvents,
): Promise<JobWorker> {
  const closing = new AbortController();
  const worker = openWorker(config, async (job, token) => {
    const span = { name: `job ${job.name}`, kind: "consumer" } as const;
    const work = () => dispatch(handlers, job.name, job.data);
    return await traced(span, () => orHandOver(work, job, token, closing.signal));
  });
  worker.on("completed", (job, result) => events.completed(job.name, result, timesOf(job)));
  worker.on("failed", (job, error) => events.failed(job?.name ?? "unknown", error, timesOf(job)));
  worker.on("error", (error) => events.disturbed(error));
  await worker.waitUntilReady();
  // Resolves when the worker is closed; what goes wrong on the way is told by the events.
  worker.run().catch((error: unknown) => events.disturbed(error as Error));
  return {
    close: async () => {
      closing.abort();
      await worker.close();
    },
  };
}

/** What is cut short because this process is closing has not failed. */
async function orHandOver<T>(
  work: () => Promise<T>,
  job: Pick<Job, "moveToWait">,
  token: string | undefined,
  closing: AbortSignal,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!closing.aborted) throw error;
    await job.moveToWait(token);
    throw new WaitingError();
  }
}

function timesOf(job: Pick<Job, "processedOn" | "finishedOn"> | undefined): RunTimes {
  const finishedAt = new Date(job?.finishedOn ?? Date.now());
  return { startedAt: new Date(job?.processedOn ?? finishedAt), finishedAt };
}

async function dispatch(handlers: Handlers, name: string, data: unknown): Promise<unknown> {
  // A job that a newer version queued: it stays, failed, for that version to see.
  if (!isJobName(name)) throw new Error(`This version knows no job named ${JSON.stringify(name)}.`);
  // Each handler takes what its own schema makes of it.
  const handle = handlers[name] as (payload: unknown) => Promise<unknown>;
  return await handle(JOBS[name].payload.parse(data));
}
