import { mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { prepareDatabase } from "@/lib/composition/prepare-database";
import { parseAdministrator } from "@/lib/config/administrator";
import { ConfigError, parseConfig } from "@/lib/config/config";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/db/embedded-postgres";
import { MigrationError } from "@/lib/db/migrate";
import type { NewAdministrator } from "@/lib/db/seed";
import { type AppCatalogue, loadAppCatalogue } from "@/lib/sessions/app-catalogue";
import { type Environment, evaluationProfile } from "./environment";
import { type Ready, SupervisedProcess } from "./supervised-process";

export { runningEnvironment } from "./running-environment";

interface SuperviseOptions {
  readonly dataDirectory: string;
  readonly step: <T>(label: string, work: () => Promise<T>) => Promise<T>;
  /** Notes who has to be ended if this process is killed. */
  readonly noteChildren: (pids: number[]) => Promise<void>;
  /** What this machine lacks, as sentences; said once more at the end, where nobody overlooks it. */
  readonly lacking: string | null;
}

/** One Ctrl-C may arrive twice: from the terminal, and from npm, which passes on its own. */
const SAME_KEYSTROKE_MS = 500;

/** What runs, in the order in which it was started. */
interface Running {
  database: EmbeddedPostgres | undefined;
  readonly processes: SupervisedProcess[];
  /** Whether what is still being started is to be given up. */
  isStopping: boolean;
}

/** Runs the product until a signal comes. Returns the exit code. */
export async function supervise(options: SuperviseOptions): Promise<number> {
  const running: Running = { database: undefined, processes: [], isStopping: false };
  const told = untilTold(running);
  const starting = startEverything(options, running);
  try {
    await Promise.race([starting, told]);
    await told;
    return 0;
  } catch (error) {
    if (!isPlain(error)) throw error;
    print(`\n${error.message}`);
    return 1;
  } finally {
    await stopEverything(running, starting);
  }
}

function isPlain(error: unknown): error is Error {
  return (
    error instanceof ConfigError || error instanceof MigrationError || error instanceof StartError
  );
}

/** A failed start whose message says all there is to say. */
class StartError extends Error {}

async function startEverything(options: SuperviseOptions, running: Running): Promise<void> {
  const { dataDirectory, step, lacking } = options;
  const profile = await evaluationProfile(process.env, dataDirectory);
  const apps = judge(profile);
  const environment = await withDatabase(profile, options, running);
  refuseWhenStopping(running);
  const { administrator } = await step("Preparing the database", async () => {
    return await prepareDatabase(environment["DATABASE_URL"] ?? "", environment, apps);
  });
  // At once: nobody could ever see it again if the rest failed.
  if (administrator !== null) print(credentials(administrator));
  const { port } = await step("Starting Sortie", async () => {
    return await startProcesses(environment, options, running);
  });
  print(welcome(environment, port, join(dataDirectory, "logs"), lacking));
}

/** Before anything is made. The database has no address yet, but everything else can be judged. @throws ConfigError */
function judge(environment: Environment): AppCatalogue {
  const { session } = parseConfig({
    ...environment,
    DATABASE_URL: environment["DATABASE_URL"] ?? "postgresql://embedded",
  });
  parseAdministrator(environment);
  return loadAppCatalogue(session);
}

async function withDatabase(
  environment: Environment,
  { dataDirectory, step }: SuperviseOptions,
  running: Running,
): Promise<Environment> {
  if (environment["DATABASE_URL"] !== undefined) return environment;
  const directory = join(dataDirectory, "postgres");
  running.database = await step("Starting the database", async () => {
    return await startEmbeddedPostgres({ directory });
  });
  return { ...environment, DATABASE_URL: running.database.url };
}

async function startProcesses(
  environment: Environment,
  { dataDirectory, noteChildren }: SuperviseOptions,
  running: Running,
): Promise<Ready> {
  const logs = join(dataDirectory, "logs");
  await mkdir(logs, { recursive: true, mode: 0o700 });
  refuseWhenStopping(running);
  const pids = new Map<string, number | undefined>();
  const make = (name: string, script: string, environment: Environment) => {
    const child = new SupervisedProcess({
      name,
      script,
      environment,
      logFile: join(logs, `${name}.log`),
      print,
      onPid: (pid) => {
        pids.set(name, pid);
        void noteChildren([...pids.values()].filter((known) => known !== undefined));
      },
    });
    running.processes.push(child);
    return child;
  };
  const web = make("web", "dist/server.js", environment);
  const worker = make("worker", "dist/worker.js", withNextMetricsPort(environment));
  const [ready] = await Promise.all([web.start(), worker.start()]).catch((error: unknown) => {
    throw new StartError(error instanceof Error ? error.message : String(error));
  });
  return ready;
}

/** Two processes on one machine cannot listen at one port; 0 is any. */
function withNextMetricsPort(environment: Environment): Environment {
  const port = Number(environment["SORTIE_METRICS_PORT"] || "0");
  return port === 0 ? environment : { ...environment, SORTIE_METRICS_PORT: String(port + 1) };
}

/** Resolves at the first signal to stop; a later one ends everything by force. */
async function untilTold(running: Running): Promise<void> {
  await new Promise<void>((resolve) => {
    let toldAt: number | undefined;
    const onSignal = () => {
      if (toldAt === undefined) {
        toldAt = Date.now();
        print("\nStopping … (Ctrl-C again to force)");
        resolve();
      } else if (Date.now() - toldAt > SAME_KEYSTROKE_MS) {
        void force(running).finally(() => process.exit(1));
      }
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, onSignal);
  });
}

async function force({ processes, database }: Running): Promise<void> {
  for (const child of processes) child.kill();
  await database?.kill();
}

async function stopEverything(running: Running, starting: Promise<void>): Promise<void> {
  running.isStopping = true;
  await Promise.all(running.processes.map((child) => child.stop()));
  // A database that is only just starting would outlive us.
  await starting.catch(() => undefined);
  await running.database?.stop();
}

function refuseWhenStopping({ isStopping }: Running): void {
  if (isStopping) throw new StartError("It was told to stop before it had started.");
}

function credentials({ username, generatedPassword }: NewAdministrator): string {
  if (generatedPassword === null) return `  Sign in as ${username} with the password you set.`;
  return [
    `  Sign in as ${username} with the password ${generatedPassword}`,
    "  It is shown this once and stored nowhere: keep it, or change it under Account.",
  ].join("\n");
}

function welcome(
  environment: Environment,
  port: number | undefined,
  logs: string,
  lacking: string | null,
): string {
  const local = `http://localhost:${port ?? environment["PORT"] ?? ""}`;
  const address = environment["NEXTAUTH_URL"] ?? local;
  const shownLogs = relative(process.cwd(), logs);
  const where = shownLogs.startsWith("..") ? logs : shownLogs;
  const notice = lacking === null ? "" : `! ${lacking}\n`;
  return `\nSortie is ready: ${address}\n${notice}Ctrl-C stops everything. Logs: ${where}\n`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
