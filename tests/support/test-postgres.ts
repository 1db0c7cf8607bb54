import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { startEmbeddedPostgres } from "@/lib/db/embedded-postgres";
import { migrate } from "@/lib/db/migrate";

export interface TestPostgres {
  /** Connects to any database of the server. */
  readonly url: string;
  stop(): Promise<void>;
}

export const TEMPLATE = "sortie_test_template";

/**
 * The PostgreSQL at `TEST_DATABASE_URL`, or one of our own in a temporary folder; with the template made. Tests do
 * not wait for the disk; what is measured does (`durable`).
 */
export async function startTestPostgres({ durable = false } = {}): Promise<TestPostgres> {
  const server = await startServer(durable);
  await runSql(
    server.url,
    `DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`,
    `CREATE DATABASE ${TEMPLATE}`,
  );
  await migrate(onDatabase(server.url, TEMPLATE));
  return server;
}

async function startServer(durable: boolean): Promise<TestPostgres> {
  const given = process.env["TEST_DATABASE_URL"];
  if (given !== undefined && given !== "") return { url: given, stop: () => Promise.resolve() };
  const directory = await mkdtemp(join(tmpdir(), "sortie-test-postgres-"));
  const server = await startEmbeddedPostgres({ directory, durable });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Runs statements one after the other on a connection of their own. */
export async function runSql(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The same server, another database. */
export function onDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
