import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openQueue } from "@/lib/queue/connection";
import { type JobQueue, openJobQueue } from "@/lib/queue/job-queue";
import { JOB_NAMES, type JobName, JOBS } from "@/lib/queue/jobs";
import { type Handlers, type JobWorker, startJobWorker } from "@/lib/queue/job-worker";
import { deferred } from "@/tests/support/deferred";
import { QUEUE_BACKENDS, type QueueBackend } from "@/tests/support/queue-backends";

for (const { name, open, here } of QUEUE_BACKENDS) {
  describe.skipIf(!here)(`jobs kept in ${name}`, () => {
    let backend: QueueBackend;
    let queue: JobQueue;
    const workers: JobWorker[] = [];
    const disturbances: Error[] = [];

    beforeAll(async () => {
      backend = await open();
      queue = openJobQueue(backend.config, (error) => disturbances.push(error));
    });
    afterEach(async () => {
      await Promise.all(workers.splice(0).map((worker) => worker.close()));
    });
    afterAll(async () => {
      await queue.close();
      await backend.close();
      expect(disturbances).toEqual([]);
    });

    /** Runs a worker and resolves with the first thing its events tell. */
    async function work(
      handlers: Partial<Handlers>,
    ): Promise<{ completed: Promise<string>; failed: Promise<Error> }> {
      const idle = () => Promise.resolve();
      const completed = deferred<string>();
      const failed = deferred<Error>();
      workers.push(
        await startJobWorker(
          backend.config,
          {
            "reap-abandoned": idle,
            "purge-expired": idle,
            "sweep-retention": idle,
            "reconcile-storage": idle,
            ...handlers,
          },
          {
            completed: (job) => completed.resolve(job),
            failed: (_, error) => failed.resolve(error),
            disturbed: (error) => disturbances.push(error),
          },
        ),
      );
      return { completed: completed.promise, failed: failed.promise };
    }

    test("what one process queues another does", async () => {
      const { completed } = await work({});
      await queue.enqueue("reap-abandoned", {});
      expect(await completed).toBe("reap-abandoned");
    });

    test("a job that fails says why, and the next one is done all the same", async () => {
      let calls = 0;
      const { failed, completed } = await work({
        "purge-expired": async () => {
          calls += 1;
          if (calls === 1) return await Promise.reject(new Error("the disk is full"));
          return calls;
        },
      });
      await queue.enqueue("purge-expired", {});
      expect((await failed).message).toBe("the disk is full");
      await queue.enqueue("purge-expired", {});
      expect(await completed).toBe("purge-expired");
    });

    test("a schedule made by many processes at once makes its first jobs once", async () => {
      const done: string[] = [];
      const all = deferred<undefined>();
      const note = (job: string) => () => {
        done.push(job);
        if (new Set(done).size === JOB_NAMES.length) all.resolve(undefined);
        return Promise.resolve();
      };
      await Promise.all([queue.schedule(), queue.schedule(), queue.schedule()]);
      await work({
        "reap-abandoned": note("reap-abandoned"),
        "purge-expired": note("purge-expired"),
        "sweep-retention": note("sweep-retention"),
        "reconcile-storage": note("reconcile-storage"),
      });
      await all.promise;
      expect(done.sort()).toEqual([...JOB_NAMES].sort());
    });

    test.each([
      { damage: "was lost with the data", nextAt: null },
      {
        damage: "was put off by a clock that was wrong",
        nextAt: (everyMs: number) => Date.now() + 9 * everyMs,
      },
    ])("a schedule that $damage is right again without a restart", async ({ nextAt }) => {
      const server = openQueue(backend.config);
      const late = async () => {
        const found = await server.getJobSchedulers();
        const isSoon = (name: JobName) => {
          const latest = Date.now() + 2 * JOBS[name].everyMs;
          return found.some(({ key, next }) => key === name && (next ?? 0) < latest);
        };
        return JOB_NAMES.filter((name) => !isSoon(name));
      };
      const note = (error: Error) => disturbances.push(error);
      const watched = openJobQueue(backend.config, note, { lookAgainMs: 500 });
      try {
        await watched.schedule();
        for (const name of JOB_NAMES) {
          await server.removeJobScheduler(name);
          if (nextAt === null) continue;
          const { everyMs } = JOBS[name];
          const wrong = { every: everyMs, startDate: nextAt(everyMs) };
          await server.upsertJobScheduler(name, wrong, { name, data: {} });
        }
        expect(await late()).toEqual(JOB_NAMES);
        await expect.poll(late, { timeout: 10_000 }).toEqual([]);
      } finally {
        await watched.close();
        await server.close();
      }
    });

    test("a job that is cut short because its worker stops is done by another one", async () => {
      const begun = deferred<undefined>();
      const cut = deferred<undefined>();
      const { failed } = await work({
        "reap-abandoned": async () => {
          begun.resolve(undefined);
          await cut.promise;
          throw new Error("told to stop");
        },
      });
      let hasFailed = false;
      void failed.then(() => (hasFailed = true));
      await queue.enqueue("reap-abandoned", {});
      await begun.promise;
      const closed = workers[0]?.close();
      cut.resolve(undefined);
      await closed;
      const { completed } = await work({});
      expect(await completed).toBe("reap-abandoned");
      expect(hasFailed).toBe(false);
    });

    test("a worker that is told to stop finishes what it has begun", async () => {
      const begun = deferred<undefined>();
      const mayEnd = deferred<undefined>();
      let ended = false;
      await work({
        "reap-abandoned": async () => {
          begun.resolve(undefined);
          await mayEnd.promise;
          ended = true;
        },
      });
      await queue.enqueue("reap-abandoned", {});
      await begun.promise;
      const closing = workers.splice(0).map((worker) => worker.close());
      mayEnd.resolve(undefined);
      await Promise.all(closing);
      expect(ended).toBe(true);
    });
  });
}
