import { AppError } from "@/lib/errors/app-error";
import { inTime } from "@/lib/errors/in-time";
import { openQueue, type QueueConfig } from "./connection";

/** A job that failed and is kept for somebody to see. */
export interface FailedJob {
  readonly id: string;
  readonly job: string;
  readonly failedAt: Date;
  readonly error: string;
  readonly attempts: number;
}

/** Jobs in the queue by their state. */
export type JobCounts = Readonly<Record<"waiting" | "active" | "delayed" | "failed", number>>;

export interface QueueView extends JobCounts {
  /** When each scheduled job is due next. */
  readonly nextRuns: ReadonlyMap<string, Date>;
  /** The latest failures, the newest first. */
  readonly failures: readonly FailedJob[];
}

/** A Redis that is away is waited for without end elsewhere; here a person waits. */
const PATIENCE_MS = 3_000;
const SHOWN_FAILURES = 50;

/** Looks into the job queue and runs failed jobs again, for people. Opens it at the first look. */
export class QueueMonitor {
  private queue: ReturnType<typeof openQueue> | null = null;

  constructor(
    private readonly config: QueueConfig,
    private readonly onError: (error: Error) => void,
  ) {}

  /** @throws AppError `unavailable` when the queue does not answer */
  async view(): Promise<QueueView> {
    const queue = this.open();
    const [counts, schedulers, failed] = await answered(
      Promise.all([
        countJobs(queue),
        queue.getJobSchedulers(),
        queue.getFailed(0, SHOWN_FAILURES - 1),
      ]),
    );
    return {
      ...counts,
      nextRuns: new Map(schedulers.map(({ key, next }) => [key, new Date(next ?? 0)])),
      failures: failed.map(({ id, name, finishedOn, failedReason, attemptsMade }) => ({
        id: id ?? "",
        job: name,
        failedAt: new Date(finishedOn ?? 0),
        error: failedReason,
        attempts: attemptsMade,
      })),
    };
  }

  /** How many jobs there are in each state. @throws AppError `unavailable` */
  async counts(): Promise<JobCounts> {
    return await answered(countJobs(this.open()));
  }

  /**
   * Has a failed job done again soon; returns its name.
   * @throws AppError `not_found`, `conflict` when it has not failed or somebody was quicker, `unavailable`
   */
  async retry(jobId: string): Promise<string> {
    const job = await answered(this.open().getJob(jobId));
    if (job === undefined) {
      throw new AppError("not_found", "There is no such job any more. Reload the page.");
    }
    if (!(await answered(job.isFailed()))) throw notFailed();
    try {
      await answered(job.retry("failed"));
    } catch (cause) {
      if (cause instanceof AppError || (await answered(job.isFailed()))) throw cause;
      throw notFailed(cause);
    }
    return job.name;
  }

  async close(): Promise<void> {
    // One that does not answer does not say goodbye either.
    if (this.queue !== null) await answered(this.queue.close()).catch(() => undefined);
  }

  private open() {
    if (this.queue === null) {
      this.queue = openQueue(this.config);
      this.queue.on("error", this.onError);
    }
    return this.queue;
  }
}

async function countJobs(queue: ReturnType<typeof openQueue>): Promise<JobCounts> {
  const counts = await queue.getJobCounts("waiting", "active", "delayed", "failed");
  const { waiting = 0, active = 0, delayed = 0, failed = 0 } = counts;
  return { waiting, active, delayed, failed };
}

function notFailed(cause?: unknown): AppError {
  return new AppError("conflict", "This job is not failed any more: it was run again already.", {
    cause,
  });
}

function answered<T>(asked: Promise<T>): Promise<T> {
  const sentence = "The job queue does not answer. Try again later.";
  return inTime(asked, PATIENCE_MS, () => new AppError("unavailable", sentence));
}
