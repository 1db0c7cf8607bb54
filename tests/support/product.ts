import { realpathSync } from "node:fs";
import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashPassword } from "@/lib/auth/password";
import type { Role } from "@/lib/auth/permissions";
import { sessionCookie } from "@/lib/auth/session-token";
import type { Database } from "@/lib/db/database";
import { freePort } from "@/lib/db/embedded/free-port";
import { BuiltProcess, type LogEntry } from "./built-process";
import { createTestDatabase } from "./postgres";
import { requireCommand } from "./requirements";
import { testEnvironment } from "./services";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** The built product as operators run it: a web and a worker process on a database of their own. */
export interface Product {
  /** Stays the same across restarts. */
  readonly url: string;
  readonly db: Database;
  readonly databaseUrl: string;
  /** Recordings are in its `recordings`. */
  readonly directory: string;
  readonly administrator: Credentials;
  /** What both processes have logged so far, as parsed JSON; anything else they wrote is `{msg}`. */
  readonly log: readonly LogEntry[];
  /** Process ids of those that run. */
  pids(): { readonly web: number; readonly worker: number };
  addUser(username: string, role?: Role): Promise<Credentials>;
  /** The `cookie` header of a browser in which somebody has signed in before, without what a sign-in costs. */
  cookieOf(username: string): Promise<string>;
  /** Signs in as next-auth's own page library does; returns a `cookie` header. */
  signIn(who: Credentials): Promise<string>;
  /** Ends both processes, or one of them, in order and starts them again. */
  restart(which?: "web" | "worker"): Promise<void>;
  /** Ends both processes as a power cut would. */
  kill(): Promise<void>;
  /** Starts both processes again after `kill` or `stop`. */
  start(): Promise<void>;
  /** Ends both processes in order. */
  stop(): Promise<void>;
  /** Stops everything and removes what was made. */
  close(): Promise<void>;
}

const PASSWORD = "a password for tests";

type Settings = Readonly<Record<string, string>>;

interface ProductOptions {
  /** Programs of this machine that the product is not to find; needs bubblewrap. */
  readonly without?: readonly string[];
  /** Where it is to be, for who has to know before it starts. */
  readonly port?: number;
}

/** Starts the product that `npm run build` made. `environment` wins over the tests' own settings. */
export async function startProduct(
  environment: Settings = {},
  { without = [], port: wanted }: ProductOptions = {},
): Promise<Product> {
  await refuseUnbuilt();
  const directory = await mkdtemp(join(tmpdir(), "sortie-product-"));
  const database = await createTestDatabase();
  const port = wanted ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const administrator = { username: "admin", password: PASSWORD };
  const log: LogEntry[] = [];
  const settings: Settings = {
    ...testEnvironment(directory, database.url),
    SORTIE_LOG_LEVEL: "info",
    SORTIE_ADMIN_PASSWORD: PASSWORD,
    PORT: String(port),
    ...environment,
  };
  const hiding = hide(without);
  const web = new BuiltProcess("dist/server.js", settings, log, hiding);
  const worker = new BuiltProcess("dist/worker.js", settings, log, hiding);
  const both = [web, worker];
  const start = async () => {
    await Promise.all(both.map((process) => process.start()));
  };
  const end = async (signal: NodeJS.Signals) => {
    await Promise.all(both.map((process) => process.stop(signal)));
  };
  const stop = () => end("SIGTERM");
  const product: Product = {
    ...{ url, directory, administrator, log, start, stop },
    ...{ db: database.db, databaseUrl: database.url },
    pids: () => ({ web: web.pid, worker: worker.pid }),
    addUser: (username, role = "dev") => addUser(database.db, username, role),
    cookieOf: (username) => cookieOf(database.db, settings, username),
    signIn: (who) => signIn(url, who),
    restart: async (which) => {
      const those = which === undefined ? both : [which === "web" ? web : worker];
      await Promise.all(those.map((process) => process.stop("SIGTERM")));
      await Promise.all(those.map((process) => process.start()));
    },
    kill: () => end("SIGKILL"),
    close: async () => {
      try {
        await stop();
      } finally {
        await database.close();
        await rm(directory, { recursive: true, force: true });
      }
    },
  };
  await start().catch(async (error: unknown) => {
    await product.close();
    throw error;
  });
  return product;
}

async function refuseUnbuilt(): Promise<void> {
  for (const file of ["dist/server.js", "dist/worker.js", ".next/BUILD_ID"]) {
    await access(file).catch(() => {
      throw new Error(`${file} is missing. Build the product first: npm run build`);
    });
  }
}

/** The command, to be put before another, that lays a file nobody can run over each of these programs. */
function hide(programs: readonly string[]): readonly string[] {
  const found = programs.map((name) => requireCommand(name)).filter((path) => path !== null);
  if (found.length === 0) return [];
  const mounts = found.flatMap((path) => ["--bind", "/dev/null", realpathSync(path)]);
  return ["bwrap", "--dev-bind", "/", "/", ...mounts, "--die-with-parent"];
}

/** Of everybody's password: hashing is slow on purpose. */
let hashed: Promise<string> | undefined;

async function addUser(db: Database, username: string, role: Role): Promise<Credentials> {
  const passwordHash = await (hashed ??= hashPassword(PASSWORD));
  await db.user.create({ data: { username, displayName: username, role, passwordHash } });
  return { username, password: PASSWORD };
}

async function cookieOf(db: Database, settings: Settings, username: string): Promise<string> {
  const select = { id: true, sessionVersion: true };
  const user = await db.user.findUniqueOrThrow({ where: { username }, select });
  const token = { userId: user.id, sessionVersion: user.sessionVersion };
  const cookie = await sessionCookie(token, {
    authSecret: settings["NEXTAUTH_SECRET"] ?? "",
    publicUrl: undefined,
  });
  return cookie.split(";")[0] ?? "";
}

async function signIn(url: string, who: Credentials): Promise<string> {
  const csrf = await fetch(`${url}/api/auth/csrf`);
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const answer = await fetch(`${url}/api/auth/callback/credentials`, {
    method: "POST",
    redirect: "manual",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      cookie: cookiesOf(csrf),
      origin: url,
    },
    body: new URLSearchParams({ ...who, csrfToken, json: "true", callbackUrl: "/" }),
  });
  const cookie = cookiesOf(answer);
  if (cookie.includes("session-token")) return cookie;
  throw new Error(`${who.username} could not sign in: ${answer.status} ${await answer.text()}`);
}

function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}
