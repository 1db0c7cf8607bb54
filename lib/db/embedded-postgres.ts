import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { access, chown, mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { Client } from "pg";
import { z } from "zod";
import { type Account, databaseAccount } from "./embedded/account";
import { findInstallation, type Installation } from "./embedded/installation";
import { freePort, isFree } from "./embedded/free-port";
import { findPostmaster, forgetStranger, type Postmaster } from "./embedded/postmaster";

export interface EmbeddedPostgres {
  /** Connects as the owner of everything, to the database `sortie`. */
  readonly url: string;
  /** Whether it was already running, left by a process that was killed. */
  readonly adopted: boolean;
  /** Shuts the server down in order, ending open connections. Resolves when it is gone. */
  stop(): Promise<void>;
  /** Ends the server at once; what is committed is kept, and found again at the next start. */
  kill(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Holds everything; made when missing. The folders above it need not be open to the server's account. */
  readonly directory: string;
  /** False trades what a power cut would lose for speed: for tests. */
  readonly durable?: boolean;
  /** Variables for the server, beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

const NAME = "sortie";
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
const LEFTOVER_TIMEOUT_MS = 10_000;
const POLL_MS = 20;

// Our programs start inside the folder they work on and know it by this name only: so an account that may
// not enter the folders above (a home with mode 0700) can still work in it.
const HERE = "/proc/self/cwd";

/** Kept inside the cluster, so that both exist or neither. */
const connectionSchema = z.object({ port: z.number().int(), password: z.string().min(1) });
type Connection = z.infer<typeof connectionSchema>;

interface Place {
  readonly directory: string;
  readonly cluster: string;
  readonly logFile: string;
  readonly account: Account | undefined;
  readonly installation: Installation;
  readonly durable: boolean;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Starts a PostgreSQL of our own that listens on loopback only and asks everybody for a password. What is
 * committed survives kill -9 of anything; a server that outlived its starter is taken over.
 * @throws Error saying what PostgreSQL said.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const place = await prepare(options);
  if (!(await exists(place.cluster))) await initialise(place);
  const connection = await readConnection(place);
  const running = await findPostmaster(place.cluster);
  const postmaster =
    running === undefined ? await start(place, connection) : await untilReady(place);
  await createDatabase(urlOf(connection, postmaster, "postgres"));
  return {
    url: urlOf(connection, postmaster, NAME),
    adopted: running !== undefined,
    stop: async () => await stop(place, postmaster, ["SIGINT", "SIGQUIT", "SIGKILL"]),
    kill: async () => await stop(place, postmaster, ["SIGQUIT", "SIGKILL"]),
  };
}

/** Where the embedded PostgreSQL of this folder takes connections; undefined while it does not run. */
export async function findEmbeddedPostgres(directory: string): Promise<string | undefined> {
  const cluster = join(directory, "cluster");
  if (!(await exists(cluster))) return undefined;
  const postmaster = await findPostmaster(cluster);
  if (postmaster?.ready !== true) return undefined;
  return urlOf(await readConnection({ cluster }), postmaster, NAME);
}

function urlOf({ password }: Connection, { port }: Postmaster, database: string): string {
  return `postgresql://${NAME}:${password}@127.0.0.1:${port}/${database}`;
}

async function prepare(options: EmbeddedPostgresOptions): Promise<Place> {
  const { directory, durable = true, environment = {} } = options;
  const account = await databaseAccount();
  const installation = await findInstallation(account);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await give(account, directory);
  const cluster = join(directory, "cluster");
  return {
    directory,
    cluster,
    logFile: join(directory, "postgres.log"),
    account,
    installation,
    durable,
    environment,
  };
}

/** Makes the cluster under another name first: one that has its final name is whole. */
async function initialise(place: Place): Promise<void> {
  const unfinished = join(place.directory, "cluster.unfinished");
  const passwordFile = join(place.directory, "cluster.password");
  const password = randomBytes(24).toString("base64url");
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await give(place.account, unfinished);
  await writeFile(passwordFile, password, { mode: 0o600 });
  await give(place.account, passwordFile);
  try {
    await runInitdb(place, unfinished);
  } finally {
    await rm(passwordFile);
  }
  await saveConnection(place, unfinished, { port: await freePort(), password });
  await rename(unfinished, place.cluster);
}

async function runInitdb(place: Place, directory: string): Promise<void> {
  const options = [
    ...["-D", HERE, "-U", NAME, "--pwfile", `${HERE}/../cluster.password`, "--auth=scram-sha-256"],
    // PostgreSQL's own collation sorts the same on every machine and with every C library.
    ...["-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"],
    ...(place.durable ? [] : ["--no-sync"]),
  ];
  try {
    await promisify(execFile)(place.installation.initdb, options, {
      cwd: directory,
      ...place.account,
    });
  } catch (cause) {
    throw new Error(`The embedded database could not be made: ${String(cause)}`, { cause });
  }
}

async function start(place: Place, connection: Connection): Promise<Postmaster> {
  const port = (await isFree(connection.port)) ? connection.port : await freePort();
  if (port !== connection.port) await saveConnection(place, place.cluster, { ...connection, port });
  await forgetStranger(place.cluster);
  const deadline = Date.now() + LEFTOVER_TIMEOUT_MS;
  for (;;) {
    try {
      return await untilReady(place, await spawnServer(place, port));
    } catch (error) {
      // The children of a server that was killed take a moment to notice; PostgreSQL waits for nobody.
      const leftover = error instanceof Error && error.message.includes("shared memory block");
      if (!leftover || Date.now() > deadline) throw error;
      await delay(POLL_MS);
    }
  }
}

async function spawnServer(place: Place, port: number): Promise<ChildProcess> {
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    log_min_messages: "warning",
    ...(place.durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const log = await open(place.logFile, "a", 0o600);
  try {
    const child = spawn(place.installation.postgres, ["-D", HERE, "-p", String(port), ...options], {
      cwd: place.cluster,
      ...place.account,
      env: { ...process.env, ...place.environment },
      // A group of its own: Ctrl-C in the terminal must reach it last, through us.
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
    });
    child.unref();
    await once(child, "spawn");
    return child;
  } finally {
    await log.close();
  }
}

async function untilReady(place: Place, child?: ChildProcess): Promise<Postmaster> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline && (child === undefined || isRunning(child))) {
    const postmaster = await findPostmaster(place.cluster);
    if (postmaster?.ready) return postmaster;
    await delay(POLL_MS);
  }
  throw new Error(`The embedded database did not start: ${await lastLines(place.logFile)}`);
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one; neither loses what was committed. */
async function stop(
  place: Place,
  { pid }: Postmaster,
  signals: readonly NodeJS.Signals[],
): Promise<void> {
  for (const signal of signals) {
    const running = await findPostmaster(place.cluster);
    if (running?.pid !== pid) return;
    process.kill(pid, signal);
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (Date.now() < deadline && (await findPostmaster(place.cluster))?.pid === pid)
      await delay(POLL_MS);
  }
}

async function createDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [NAME]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${NAME}`);
  } finally {
    await client.end();
  }
}

async function readConnection({ cluster }: Pick<Place, "cluster">): Promise<Connection> {
  const file = join(cluster, "connection.json");
  return connectionSchema.parse(JSON.parse(await readFile(file, "utf8")));
}

async function saveConnection(
  place: Place,
  cluster: string,
  connection: Connection,
): Promise<void> {
  const file = join(cluster, "connection.json");
  await writeFile(`${file}.new`, JSON.stringify(connection), { mode: 0o600 });
  await give(place.account, `${file}.new`);
  await rename(`${file}.new`, file);
}

async function give(account: Account | undefined, path: string): Promise<void> {
  if (account !== undefined) await chown(path, account.uid, account.gid);
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trim().split("\n").slice(-5).join("\n") || "it said nothing";
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
