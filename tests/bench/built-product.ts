import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { z } from "zod";
import { sessionCookie } from "@/lib/auth/session-token";
import { parseConfig } from "@/lib/config/config";
import { openDatabase } from "@/lib/db/database";
import { testEnvironment } from "../support/services";
import { startTestPostgres } from "../support/test-postgres";

/** The product as it was built in this folder, serving. */
export interface BuiltProduct {
  readonly origin: string;
  readonly pid: number;
  readonly databaseUrl: string;
  /** Headers of its administrator's browser. */
  readonly headers: Readonly<Record<string, string>>;
  /** A running session of the administrator; returns its id. */
  readonly newSession: () => Promise<string>;
  readonly close: () => Promise<void>;
}

const listening = z.object({ msg: z.literal("listening"), port: z.number() });

/** Starts the web process on a database of its own. Needs `npm run build`. */
export async function startBuiltProduct(
  directory: string,
  settings: Readonly<Record<string, string>>,
): Promise<BuiltProduct> {
  const postgres = await startTestPostgres({ durable: true });
  const environment = {
    ...testEnvironment(directory, postgres.url),
    SORTIE_LOG_LEVEL: "info",
    SORTIE_ADMIN_PASSWORD: "a password for the bench",
    ...settings,
  };
  const server = spawn(process.execPath, ["dist/server.js"], {
    env: { ...process.env, ...environment, NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = await portOf(server);
  const db = openDatabase(postgres.url, 2);
  const { id: userId } = await db.user.findFirstOrThrow({ select: { id: true } });
  const cookie = await sessionCookie({ userId, sessionVersion: 1 }, parseConfig(environment));
  return {
    origin: `http://127.0.0.1:${port}`,
    pid: server.pid ?? 0,
    databaseUrl: postgres.url,
    headers: { cookie: cookie.split(";")[0] ?? "" },
    newSession: async () => {
      const { id: appId } = await db.app.findFirstOrThrow({ select: { id: true } });
      const running = { status: "running", startedAt: new Date() } as const;
      const data = { appId, userId, provider: "local", ...running };
      return (await db.session.create({ data, select: { id: true } })).id;
    },
    close: async () => {
      await db.$disconnect();
      const exited = once(server, "exit");
      server.kill("SIGTERM");
      await exited;
      await postgres.stop();
    },
  };
}

async function portOf(server: ChildProcess): Promise<number> {
  if (server.stdout === null) throw new Error("The server has no output.");
  for await (const line of createInterface({ input: server.stdout })) {
    if (!line.startsWith("{")) continue;
    const started = listening.safeParse(JSON.parse(line));
    if (!started.success) continue;
    server.stdout.resume();
    return started.data.port;
  }
  throw new Error("The product did not start. Build it first: npm run build");
}
