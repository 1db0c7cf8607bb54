import { Gauge, type Registry } from "prom-client";
import { inTime } from "@/lib/errors/in-time";
import type { Logger } from "@/lib/logging/logger";
import type { UsedGroup } from "@/lib/operations/recording-usage";

/** What is told of the whole installation; a source that is away rejects. */
export interface InstallationSources {
  readonly database: () => Promise<InstallationFigures>;
  readonly queue: () => Promise<QueueFigures>;
  /** Null where the storage has no end of its own. */
  readonly storage: () => Promise<{ readonly freeBytes: number | null }>;
}

export interface InstallationFigures {
  readonly recordings: readonly UsedGroup[];
  /** Sessions that are not over, by status. */
  readonly sessions: Readonly<Record<string, number>>;
  /** Most sessions at once; null without a limit. */
  readonly sessionsLimit: number | null;
  /** When each job last ended well; without those that never have. */
  readonly lastSuccess: readonly { readonly job: string; readonly at: Date }[];
  /** What the latest comparison of storage and database found, by kind; null before the first. */
  readonly findings: Readonly<Record<string, number>> | null;
  readonly floorBytes: number;
}

export type QueueFigures = Readonly<Record<"waiting" | "active" | "delayed" | "failed", number>>;

/** Prometheus itself waits ten seconds by default: a source that hangs must not take the page along. */
const PATIENCE_MS = 4_000;

/**
 * The gauges that any worker can tell of the whole installation, as `docs/metrics.md` lists them.
 * @returns what brings them up to date; it never rejects
 */
export function installationMetrics(
  registry: Registry,
  sources: InstallationSources,
  log: Logger,
): () => Promise<void> {
  const gauges = makeGauges([registry]);
  const told = async <T>(source: string, look: () => Promise<T>, tell: (found: T) => void) => {
    try {
      tell(await inTime(look(), PATIENCE_MS, () => new Error("It took too long.")));
      gauges.up.set({ source }, 1);
    } catch (err) {
      log.warn({ err, source }, "a source of metrics does not answer");
      gauges.up.set({ source }, 0);
    }
  };
  return async () => {
    // What is not told anew is missing, never old.
    for (const gauge of Object.values(gauges)) gauge.reset();
    gauges.freeBytes.remove();
    gauges.floorBytes.remove();
    gauges.sessionsLimit.remove();
    await Promise.all([
      told("database", sources.database, (found) => tellDatabase(gauges, found)),
      told("queue", sources.queue, (found) => {
        for (const [state, count] of Object.entries(found)) gauges.jobs.set({ state }, count);
      }),
      told("storage", sources.storage, ({ freeBytes }) => {
        if (freeBytes !== null) gauges.freeBytes.set(freeBytes);
      }),
    ]);
  };
}

type Gauges = ReturnType<typeof makeGauges>;

function tellDatabase(gauges: Gauges, found: InstallationFigures): void {
  for (const { status, storageBackend, recordings, sizeBytes } of found.recordings) {
    const labels = { status, storage_backend: storageBackend };
    gauges.recordings.set(labels, recordings);
    gauges.recordingsBytes.set(labels, sizeBytes);
  }
  for (const [status, count] of Object.entries(found.sessions)) {
    gauges.sessions.set({ status }, count);
  }
  if (found.sessionsLimit !== null) gauges.sessionsLimit.set(found.sessionsLimit);
  for (const { job, at } of found.lastSuccess) gauges.lastSuccess.set({ job }, at.getTime() / 1000);
  for (const [kind, count] of Object.entries(found.findings ?? {})) {
    gauges.findings.set({ kind }, count);
  }
  gauges.floorBytes.set(found.floorBytes);
}

function makeGauges(registers: Registry[]) {
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge({ name, help, labelNames, registers });
  const place = ["status", "storage_backend"] as const;
  return {
    recordings: gauge("sortie_recordings", "Recordings.", place),
    recordingsBytes: gauge("sortie_recordings_bytes", "What recordings take.", place),
    freeBytes: gauge("sortie_storage_free_bytes", "What is left in the storage.", []),
    floorBytes: gauge("sortie_storage_floor_bytes", "Below it nothing new is recorded.", []),
    findings: gauge("sortie_storage_findings", "Storage and database disagree.", ["kind"]),
    sessions: gauge("sortie_sessions", "Sessions that are not over.", ["status"]),
    sessionsLimit: gauge("sortie_sessions_limit", "Most sessions at once.", []),
    jobs: gauge("sortie_queue_jobs", "Background jobs in the queue.", ["state"]),
    lastSuccess: gauge(
      "sortie_job_last_success_timestamp_seconds",
      "When a background job last ended well.",
      ["job"],
    ),
    up: gauge("sortie_source_up", "Whether a source answered for this page.", ["source"]),
  };
}
