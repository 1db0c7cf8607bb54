import { setTimeout as delay } from "node:timers/promises";
import type { QueueConfig } from "./connection";
import { openJobQueue } from "./job-queue";
import type { JobName, JobPayload } from "./jobs";

/** A Redis that is away is waited for without end elsewhere; here a person waits. */
const PATIENCE_MS = 5_000;

/**
 * Has a job done soon, from a process that keeps no queue open: for what people ask for, not for many a second.
 * @throws Error when the queue does not take it in time; it may still
 */
export async function enqueueOnce<N extends JobName>(
  config: QueueConfig,
  name: N,
  payload: JobPayload<N>,
): Promise<void> {
  let trouble: Error | undefined;
  const queue = openJobQueue(config, (error) => (trouble = error));
  const given = new AbortController();
  const lost = async () => {
    await delay(PATIENCE_MS, undefined, { signal: given.signal });
    throw new Error("The job queue does not answer.", { cause: trouble });
  };
  try {
    await Promise.race([queue.enqueue(name, payload), lost()]);
  } finally {
    given.abort();
    // One that does not answer does not say goodbye either.
    queue.close().catch(() => undefined);
  }
}
