import type { Job } from "bullmq";
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
  /** Lets jobs that have begun finish, and takes no more. */
  close(): Promise<void>;
}

/** Starts to take jobs and give each to its handler. */
export async function startJobWorker(
  config: QueueConfig,
  handlers: Handlers,
  events: JobEvents,
): Promise<JobWorker> {
  const worker = openWorker(config, async (job) => {
    const span = { name: `job ${job.name}`, kind: "consumer" } as const;
    return await traced(span, () => dispatch(handlers, job.name, job.data));
  });
  worker.on("completed", (job, result) => events.completed(job.name, result, timesOf(job)));
  worker.on("failed", (job, error) => events.failed(job?.name ?? "unknown", error, timesOf(job)));
  worker.on("error", (error) => events.disturbed(error));
  await worker.waitUntilReady();
  // Resolves when the worker is closed; what goes wrong on the way is told by the events.
  worker.run().catch((error: unknown) => events.disturbed(error as Error));
  return { close: async () => await worker.close() };
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
