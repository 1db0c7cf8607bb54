import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Client, escapeLiteral } from "pg";
import type { DatabaseOrTransaction } from "./database";

/** Prisma Migrate's own advisory lock, so that its command line and we never migrate at once. */
const PRISMA_ADVISORY_LOCK = 72_707_369;

// Prisma's own definition, letter for letter: `prisma migrate status` reads what is written here.
const CREATE_HISTORY = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

/** The database could not be brought up to date; `message` says why and how to mend it. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

interface HistoryRow {
  readonly id: string;
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
  readonly logs: string | null;
}

export interface MigrationReport {
  /** Names of the migrations that this call applied, in order. */
  readonly applied: readonly string[];
  /** Names of migrations whose file is no longer what was applied. */
  readonly edited: readonly string[];
}

/** Where the product's migrations are; it always runs in its own folder. */
export const MIGRATIONS_DIRECTORY = resolve("prisma/migrations");

/**
 * Applies the migrations that the database does not have yet. Any number of processes may call it at
 * once: one works, the others wait and find nothing to do.
 * @throws MigrationError
 */
export async function migrate(
  databaseUrl: string,
  directory = MIGRATIONS_DIRECTORY,
): Promise<MigrationReport> {
  const migrations = await readMigrations(directory);
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [PRISMA_ADVISORY_LOCK]);
    await client.query(CREATE_HISTORY);
    return await applyMissing(client, migrations);
  } finally {
    // The lock belongs to the connection and goes with it.
    await client.end();
  }
}

/** Names of the migrations in `directory`, in the order in which they apply. */
export async function migrationNames(directory = MIGRATIONS_DIRECTORY): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function readMigrations(directory: string): Promise<Migration[]> {
  return await Promise.all(
    (await migrationNames(directory)).map(async (name) => {
      const sql = await readFile(join(directory, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

async function applyMissing(
  client: Client,
  migrations: readonly Migration[],
): Promise<MigrationReport> {
  const history = await readHistory(client);
  refuseNewerDatabase(history, migrations);
  const applied: string[] = [];
  const edited: string[] = [];
  for (const migration of migrations) {
    const row = history.get(migration.name);
    if (row?.finished_at) {
      if (row.checksum !== migration.checksum) edited.push(migration.name);
      continue;
    }
    if (row !== undefined) await giveUpAttempt(client, row);
    await apply(client, migration);
    applied.push(migration.name);
  }
  return { applied, edited };
}

async function readHistory(client: Client): Promise<Map<string, HistoryRow>> {
  const { rows } = await client.query<HistoryRow>(
    `SELECT id, migration_name, checksum, finished_at, logs FROM "_prisma_migrations"
     WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return new Map(rows.map((row) => [row.migration_name, row]));
}

function refuseNewerDatabase(
  history: ReadonlyMap<string, HistoryRow>,
  migrations: readonly Migration[],
): void {
  const known = new Set(migrations.map((migration) => migration.name));
  const unknown = [...history.keys()].filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new MigrationError(
    `The database has migrations that this version does not know (${unknown.join(", ")}): ` +
      "a newer version has used it. Start that version, or restore a backup from before it.",
  );
}

/**
 * An attempt that never finished. Ours leave nothing behind (see `apply`), so one whose process died is
 * simply tried again; one that failed under Prisma's command line may have left half its work.
 */
async function giveUpAttempt(client: Client, row: HistoryRow): Promise<void> {
  if (row.logs !== null) {
    throw new MigrationError(
      `Migration ${row.migration_name} failed earlier: ${firstLine(row.logs)}. Undo what it left in the ` +
        `database, run "npx prisma migrate resolve --rolled-back ${row.migration_name}", and start again.`,
    );
  }
  await client.query(`UPDATE "_prisma_migrations" SET rolled_back_at = now() WHERE id = $1`, [
    row.id,
  ]);
}

/**
 * One simple-protocol message is one implicit transaction: the script and the mark that it is done
 * hold together or not at all.
 */
async function apply(client: Client, migration: Migration): Promise<void> {
  const id = randomUUID();
  await client.query(
    `INSERT INTO "_prisma_migrations" (id, checksum, migration_name) VALUES ($1, $2, $3)`,
    [id, migration.checksum, migration.name],
  );
  const finish = `UPDATE "_prisma_migrations" SET finished_at = now(), applied_steps_count = 1 WHERE id = ${escapeLiteral(id)}`;
  try {
    await client.query(`${migration.sql}\n;${finish}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await client.query(
      `UPDATE "_prisma_migrations" SET logs = $2, rolled_back_at = now() WHERE id = $1`,
      [id, reason],
    );
    throw new MigrationError(
      `Migration ${migration.name} failed and was undone: ${reason}. Mend the cause and start again.`,
      { cause: error },
    );
  }
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

/** Names of the migrations that the database still lacks. Changes nothing. */
export async function pendingMigrations(
  db: DatabaseOrTransaction,
  directory = MIGRATIONS_DIRECTORY,
): Promise<string[]> {
  const rows = await db.$queryRaw<{ migration_name: string }[]>`
    SELECT migration_name FROM "_prisma_migrations"
    WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
  const applied = new Set(rows.map((row) => row.migration_name));
  return (await migrationNames(directory)).filter((name) => !applied.has(name));
}
