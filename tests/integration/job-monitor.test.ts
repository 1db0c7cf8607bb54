import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openJobQueue } from "@/lib/queue/job-queue";
import { type Handlers, type JobWorker, startJobWorker } from "@/lib/queue/job-worker";
import { JOB_NAMES } from "@/lib/queue/jobs";
import { QueueMonitor } from "@/lib/queue/queue-monitor";
import { freePort } from "@/lib/db/embedded/free-port";
import { deferred } from "../support/deferred";
import { QUEUE_BACKENDS, type QueueBackend } from "../support/queue-backends";

const failOnError = (error: Error) => {
  throw error;
};

for (const { name, open, here } of QUEUE_BACKENDS) {
  describe.skipIf(!here)(`an administrator who looks at jobs kept in ${name}`, () => {
    let backend: QueueBackend;
    let monitor: QueueMonitor;

    beforeAll(async () => {
      backend = await open();
      monitor = new QueueMonitor(backend.config, failOnError);
    });
    afterAll(async () => {
      await monitor.close();
      await backend.close();
    });

    /** A worker whose comparison of storage does as it is told; the rest has nothing to do. */
    async function work(compare: () => Promise<unknown>) {
      const ended = deferred<string>();
      const idle = Object.fromEntries(JOB_NAMES.map((job) => [job, () => Promise.resolve()]));
      const handlers = { ...idle, "reconcile-storage": compare } as unknown as Handlers;
      const worker: JobWorker = await startJobWorker(backend.config, handlers, {
        completed: (job, _, { startedAt, finishedAt }) =>
          ended.resolve(`${job} done ${finishedAt >= startedAt}`),
        failed: (job, error) => ended.resolve(`${job} failed: ${error.message}`),
        disturbed: failOnError,
      });
      return { ended: ended.promise, worker };
    }

    test("sees what is due, and has a failed job run again, once", async () => {
      const queue = openJobQueue(backend.config, failOnError);
      const failing = await work(() => Promise.reject(new Error("the bucket is away")));
      await queue.enqueue("reconcile-storage", {});
      expect(await failing.ended).toBe("reconcile-storage failed: the bucket is away");
      await failing.worker.close();

      await queue.schedule();
      await queue.close();
      const seen = await monitor.view();
      expect(seen.failed).toBe(1);
      expect(new Set(seen.nextRuns.keys())).toEqual(new Set(JOB_NAMES));
      for (const next of seen.nextRuns.values()) expect(next.getTime()).toBeGreaterThan(0);
      const [failure] = seen.failures;
      expect(failure).toMatchObject({ job: "reconcile-storage", error: "the bucket is away" });

      expect(await monitor.retry(failure!.id)).toBe("reconcile-storage");
      await expect(monitor.retry(failure!.id)).rejects.toMatchObject({ code: "conflict" });
      const waiting = await monitor.view();
      expect([waiting.failed, waiting.failures]).toEqual([0, []]);
      const mended = await work(() => Promise.resolve({ compared: 3 }));
      await expect.poll(async () => (await monitor.view()).waiting, { timeout: 10_000 }).toBe(0);
      expect(await mended.ended).toMatch(/ done true$/);
      await mended.worker.close();
    });

    test("is told that a job is not there any more", async () => {
      await expect(monitor.retry("no-such-job")).rejects.toMatchObject({ code: "not_found" });
    });
  });
}

test("a queue that does not answer is said to be unavailable, and waited for no longer than a person would", async () => {
  const redisUrl = `redis://127.0.0.1:${await freePort()}`;
  const monitor = new QueueMonitor({ databaseUrl: "unused", redisUrl }, () => undefined);
  await expect(monitor.view()).rejects.toMatchObject({ code: "unavailable" });
  await monitor.close();
});
