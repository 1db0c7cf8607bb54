import { ConfigError, parseConfig } from "@/lib/config/config";
import type { ProcessName } from "@/lib/metrics/metrics";
import { MigrationError } from "@/lib/db/migrate";
import { isAppError } from "@/lib/errors/app-error";
import { version } from "@/package.json";
import { startTracing } from "@/lib/tracing/start-tracing";
import { monitorProcess } from "./monitor-process";
import { createServices, provideServices, type Services } from "./services";

/** Stops what was started, in order; the process ends when it resolves. */
export type Close = () => Promise<void>;

/** An orchestrator kills after 30 s (Kubernetes, Docker: 10 s): be gone before. */
const CLOSE_DEADLINE_MS = 9_000;

/**
 * The life of a process: reads the configuration, composes the services, starts, and closes everything in
 * order when it is told to stop, when its parent is gone, or when something nobody handled went wrong.
 */
export async function runProcess(
  name: ProcessName,
  start: (services: Services) => Promise<Close>,
): Promise<void> {
  const stopping = new AbortController();
  const services = composeOrExit(name, stopping.signal);
  provideServices(services);
  const life: Life = { close: noClose, closeMonitor: noClose, closeTracing: noClose };
  const stop = (reason: string, exitCode: number) => {
    // Asked twice: somebody does not want to wait.
    if (stopping.signal.aborted) process.exit(1);
    stopping.abort();
    services.log.info({ reason }, "stopping");
    void closeWithin(services, life).then((inTime) => process.exit(inTime ? exitCode : 1));
  };
  listenForTheEnd(services, stop);
  void tellOfStorage(services);
  try {
    if (services.config.tracing) life.closeTracing = await startTracing(name, version);
    life.closeMonitor = await monitorProcess(services, name);
    life.close = await start(services);
  } catch (error) {
    fail(services, error);
    stop("it could not start", 1);
  }
}

function composeOrExit(name: ProcessName, stopping: AbortSignal): Services {
  try {
    return createServices(parseConfig(process.env), name, stopping);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

function listenForTheEnd(
  services: Services,
  stop: (reason: string, exitCode: number) => void,
): void {
  process.on("SIGTERM", () => stop("SIGTERM", 0));
  process.on("SIGINT", () => stop("SIGINT", 0));
  // `npm start` holds a channel to its children: without it they would outlive a parent that was killed.
  process.on("disconnect", () => stop("its parent is gone", 0));
  // It went while this process was still loading: the event is over.
  if (hasLostChannel()) stop("its parent is gone", 0);
  // Whoever read our output is gone too. That must not keep us from stopping in order.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => {
      services.log.fatal({ err: error }, event);
      stop(event, 1);
    });
  }
}

/** A storage that does not work ends nothing: it may come back, and until then `/readyz` says so too. */
async function tellOfStorage({ config, store, log }: Services): Promise<void> {
  if (!config.recording.enabled) return;
  await store.checkWritable().catch((error: unknown) => {
    if (!isAppError(error)) log.error({ err: error }, "recordings cannot be written");
    else log.error(`Recordings cannot be written. ${error.advice ?? error.message}`);
  });
}

/** Whether there was a channel to a parent: without one the property does not exist. */
function hasLostChannel(): boolean {
  return "connected" in process && !process.connected;
}

/** What an operator can mend is one line; anything else comes with its stack. */
function fail(services: Services, error: unknown): void {
  const plain = error instanceof MigrationError || error instanceof ConfigError;
  if (plain) services.log.fatal(error.message);
  else services.log.fatal({ err: error }, "could not start");
}

/** How to close what has been opened so far. */
interface Life {
  close: Close;
  closeMonitor: Close;
  closeTracing: Close;
}

const noClose: Close = () => Promise.resolve();

async function closeWithin(services: Services, life: Life): Promise<boolean> {
  const deadline = new Promise<boolean>((resolve) => {
    setTimeout(() => {
      services.log.error(`did not stop within ${CLOSE_DEADLINE_MS / 1_000} s`);
      resolve(false);
    }, CLOSE_DEADLINE_MS).unref();
  });
  const closed = (async () => {
    await life.close();
    await services.provider.close();
    await services.queue.close();
    await services.db.$disconnect();
    // A receiver that is away keeps nobody from going.
    await life.closeTracing().catch((err: unknown) => services.log.warn({ err }, "spans are lost"));
    await life.closeMonitor();
    return true;
  })().catch((error: unknown) => {
    services.log.error({ err: error }, "could not stop in order");
    return false;
  });
  return await Promise.race([closed, deadline]);
}
