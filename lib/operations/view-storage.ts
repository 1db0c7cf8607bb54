import type { Services } from "@/lib/composition/services";
import { isAppError } from "@/lib/errors/app-error";
import { checkReadiness } from "@/lib/health/check-readiness";
import { JOB_NAMES, JOBS } from "@/lib/queue/jobs";
import type { FailedJob, QueueView } from "@/lib/queue/queue-monitor";
import { findSettings } from "@/lib/settings/settings-repository";
import { findJobRuns, type JobRun } from "./job-runs";
import type { Usage } from "./recording-usage";
import type { FailedJobJson, JobJson, JobRunJson, StorageViewJson } from "./storage-schema";

type Deps = Pick<Services, "db" | "store" | "usage" | "queue" | "config" | "now">;

const SHOWN_RUNS = 5;
const MEBIBYTE = 1024 * 1024;

/** How storage and background jobs are. What cannot be looked up says so in its place; the rest is told all the same. */
export async function viewStorage(deps: Deps): Promise<StorageViewJson> {
  const { db, store, usage, config, now } = deps;
  const [used, readiness, freeBytes, settings, runs, queue] = await Promise.all([
    usage.look(),
    checkReadiness({ db, store, queue: null }),
    store.freeBytes().catch(() => null),
    findSettings(db),
    findJobRuns(db, JOB_NAMES, SHOWN_RUNS),
    queueOrNull(deps),
  ]);
  return {
    at: now().toISOString(),
    used: usedToJson(used),
    growth: used.growth.map(({ day, recordings, sizeBytes }) => ({
      ...{ day, recordings, size_bytes: sizeBytes },
    })),
    space: {
      backend: store.backend,
      free_bytes: freeBytes,
      floor_bytes: settings.values.free_space_floor_mb * MEBIBYTE,
    },
    health: Object.entries(readiness.checks).map(([name, { ok, message }]) => ({
      ...{ name, ok, message },
    })),
    queue: {
      backend: config.redisUrl === undefined ? "postgresql" : "redis",
      depth: queue && depthOf(queue),
    },
    jobs: JOB_NAMES.map((name) => jobToJson(name, queue, runs)),
    failures: queue?.failures.map(failureToJson) ?? [],
  };
}

/** A queue that is away hides nothing else. */
async function queueOrNull({ queue }: Pick<Deps, "queue">): Promise<QueueView | null> {
  try {
    return await queue.view();
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}

function depthOf({ waiting, active, delayed, failed }: QueueView) {
  return { waiting, active, delayed, failed };
}

function usedToJson({ at, groups, oldest }: Usage): StorageViewJson["used"] {
  return {
    as_of: at.toISOString(),
    recordings: groups.reduce((sum, { recordings }) => sum + recordings, 0),
    size_bytes: groups.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    groups: groups.map(({ status, storageBackend, recordings, sizeBytes }) => ({
      ...{ status, storage_backend: storageBackend, recordings, size_bytes: sizeBytes },
    })),
    oldest: oldest && { id: oldest.id, created_at: oldest.createdAt.toISOString() },
  };
}

function jobToJson(
  name: (typeof JOB_NAMES)[number],
  queue: QueueView | null,
  runs: readonly JobRun[],
): JobJson {
  return {
    name,
    every_seconds: JOBS[name].everyMs / 1000,
    next_run_at: queue?.nextRuns.get(name)?.toISOString() ?? null,
    runs: runs.filter(({ job }) => job === name).map(runToJson),
  };
}

function runToJson({ startedAt, finishedAt, result, error }: JobRun): JobRunJson {
  return {
    started_at: startedAt.toISOString(),
    duration_ms: Math.max(0, finishedAt.getTime() - startedAt.getTime()),
    result,
    error,
  };
}

function failureToJson({ id, job, failedAt, error, attempts }: FailedJob): FailedJobJson {
  return { id, job, failed_at: failedAt.toISOString(), error, attempts };
}
