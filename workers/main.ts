import { type Close, runProcess } from "@/lib/composition/run-process";
import type { Services } from "@/lib/composition/services";
import { migrate } from "@/lib/db/migrate";
import { type JobRun, saveJobRun } from "@/lib/operations/job-runs";
import { openJobQueue } from "@/lib/queue/job-queue";
import { type RunTimes, startJobWorker } from "@/lib/queue/job-worker";
import { purgeExpired } from "./purge-expired";
import { reapAbandoned } from "./reap-abandoned";
import { reportOnStorage } from "./reconcile-storage";
import { sweepRetention } from "./sweep-retention";

/** The worker process: does the background jobs. Any number of them may run. */
async function start(services: Services): Promise<Close> {
  const { config, log, metrics } = services;
  await migrate(config.databaseUrl);
  const disturbed = (err: Error) => log.warn({ err }, "the job queue cannot be reached");
  const queue = openJobQueue(config, disturbed);
  await queue.schedule();
  const worker = await startJobWorker(
    config,
    {
      "reap-abandoned": () => reapAbandoned(services),
      "purge-expired": () => purgeExpired(services),
      "sweep-retention": (payload) => sweepRetention(services, payload),
      "reconcile-storage": () => reportOnStorage(services),
    },
    {
      completed: (job, result, times) => {
        log.info({ job, result }, "job done");
        keepRun(services, { job, result, error: null, ...times });
        metrics.jobSeconds.observe({ job, result: "ok" }, secondsOf(times));
      },
      failed: (job, err, times) => {
        log.error({ job, err }, "job failed");
        keepRun(services, { job, result: null, error: err.message, ...times });
        metrics.jobSeconds.observe({ job, result: "failed" }, secondsOf(times));
      },
      disturbed,
    },
  );
  log.info({ backend: config.redisUrl === undefined ? "postgresql" : "redis" }, "taking jobs");
  process.send?.({});
  return async () => {
    await worker.close();
    await queue.close();
  };
}

function secondsOf({ startedAt, finishedAt }: RunTimes): number {
  return Math.max(0, finishedAt.getTime() - startedAt.getTime()) / 1000;
}

/** For the panel. A history that cannot be kept fails no job. */
function keepRun({ db, log }: Services, run: JobRun): void {
  saveJobRun(db, run).catch((err: unknown) => log.warn({ err }, "a job's run is not kept"));
}

await runProcess("worker", start);
