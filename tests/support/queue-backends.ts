import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { freePort } from "@/lib/db/embedded/free-port";
import type { QueueConfig } from "@/lib/queue/connection";
import { createTestDatabase } from "./postgres";

export interface QueueBackend {
  readonly config: QueueConfig;
  close(): Promise<void>;
}

async function onPostgres(): Promise<QueueBackend> {
  const database = await createTestDatabase();
  return {
    config: { databaseUrl: database.url, redisUrl: undefined },
    close: async () => await database.close(),
  };
}

async function onRedis(): Promise<QueueBackend> {
  const port = await freePort();
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", ""];
  const server = spawn("redis-server", options, { stdio: "ignore" });
  await untilListening(port);
  return {
    config: { databaseUrl: "postgresql://unused", redisUrl: `redis://127.0.0.1:${port}` },
    close: async () => {
      server.kill();
      await once(server, "exit");
    },
  };
}

async function untilListening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const open = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function hasRedis(): boolean {
  try {
    execFileSync("redis-server", ["--version"]);
    return true;
  } catch {
    return false;
  }
}

/** Each place where jobs can be kept, and whether it can be had on this machine. */
export const QUEUE_BACKENDS = [
  { name: "PostgreSQL", open: onPostgres, here: true },
  { name: "Redis", open: onRedis, here: hasRedis() },
];
