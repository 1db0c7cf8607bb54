import { randomUUID } from "node:crypto";
import type { Config } from "@/lib/config/config";
import { type Database, openDatabase } from "@/lib/db/database";
import { createMetrics, type Metrics } from "@/lib/metrics/metrics";
import { createLogger, type Logger } from "@/lib/logging/logger";
import { createSessionProvider } from "@/lib/providers/create-session-provider";
import type { SessionProvider } from "@/lib/providers/session-provider";
import { QueueMonitor } from "@/lib/queue/queue-monitor";
import { RecordingUsage } from "@/lib/operations/recording-usage";
import { AppendRegistry } from "@/lib/recordings/append-registry";
import { RecordingWishes } from "@/lib/recordings/recording-wishes";
import { Room } from "@/lib/recordings/room";
import { findInstallationId } from "@/lib/settings/installation-id";
import { type AppCatalogue, loadAppCatalogue, unkeptLimits } from "@/lib/sessions/app-catalogue";
import { createRecordingStore } from "@/lib/storage/create-recording-store";
import type { RecordingStore } from "@/lib/storage/recording-store";

/** Everything a use case may be handed. Each takes only the members it needs. */
export interface Services {
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly db: Database;
  readonly store: RecordingStore;
  readonly room: Room;
  readonly usage: RecordingUsage;
  /** For people who look into the job queue; workers have their own way to it. */
  readonly queue: QueueMonitor;
  /** What administrators want recorded, for the tabs that are open at this process. */
  readonly wishes: RecordingWishes;
  /** The recordings that are being added to in this process. */
  readonly appends: AppendRegistry;
  readonly provider: SessionProvider;
  /** What people may launch. */
  readonly apps: AppCatalogue;
  /** Tells this process from every other; new at each start. */
  readonly instanceId: string;
  /** Aborted once this process was told to stop: nothing new is begun, what runs comes to its end. */
  readonly stopping: AbortSignal;
  readonly now: () => Date;
}

/** The composition root: builds the adapters the configuration names. Opens nothing until it is used. @throws ConfigError */
export function createServices(
  config: Config,
  processName: string,
  stopping: AbortSignal = new AbortController().signal,
): Services {
  const log = createLogger(config.logLevel, processName);
  const instanceId = randomUUID();
  const db = openDatabase(config.databaseUrl);
  const store = createRecordingStore(config.recording);
  const now = () => new Date();
  const apps = loadAppCatalogue(config.session);
  for (const warning of unkeptLimits(apps, config.session.provider)) log.warn(warning);
  return {
    config,
    log,
    metrics: createMetrics(),
    db,
    store,
    room: new Room({ db, store, log }),
    usage: new RecordingUsage({ db, now }),
    queue: new QueueMonitor(config, (err) => log.warn({ err }, "the job queue cannot be reached")),
    wishes: new RecordingWishes({ db, log }),
    appends: new AppendRegistry(),
    provider: createSessionProvider(config, {
      ...{ instanceId, log },
      installationId: () => findInstallationId(db),
    }),
    apps,
    instanceId,
    stopping,
    now,
  };
}

// Next bundles route handlers apart from the server, so a module variable would exist twice.
const slot = Symbol.for("sortie.services");
type Holder = { [slot]?: Services };

export function provideServices(services: Services): void {
  (globalThis as Holder)[slot] = services;
}

/** The services of this process. @throws Error when the server has not composed them yet. */
export function services(): Services {
  const found = (globalThis as Holder)[slot];
  if (found === undefined)
    throw new Error("Services are not composed: start the product through server.ts.");
  return found;
}
