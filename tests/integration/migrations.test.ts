import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { openDatabase } from "@/lib/db/database";
import { migrate, MIGRATIONS_DIRECTORY, migrationNames, pendingMigrations } from "@/lib/db/migrate";
import { onDatabase, runSql } from "@/tests/support/test-postgres";

const run = promisify(execFile);

let url: string;
let directory: string;

beforeEach(async () => {
  const name = `test_${randomBytes(8).toString("hex")}`;
  url = onDatabase(inject("postgresUrl"), name);
  await runSql(inject("postgresUrl"), `CREATE DATABASE ${name}`);
  directory = await mkdtemp(join(tmpdir(), "sortie-migrations-"));
});

afterEach(async () => {
  const name = new URL(url).pathname.slice(1);
  await runSql(inject("postgresUrl"), `DROP DATABASE ${name} WITH (FORCE)`);
  await rm(directory, { recursive: true });
});

/** Prisma's own command line on the test's database: its exit code and what it said. */
async function prisma(...options: string[]): Promise<{ code: number; output: string }> {
  const command = ["node_modules/prisma/build/index.js", ...options];
  const env = { ...process.env, DATABASE_URL: url, CI: "true" };
  try {
    const { stdout, stderr } = await run(process.execPath, command, { env });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

async function rows<T extends object>(sql: string): Promise<T[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function plant(name: string, sql: string): Promise<void> {
  await mkdir(join(directory, name), { recursive: true });
  await writeFile(join(directory, name, "migration.sql"), sql);
}

describe("an operator who starts the product", () => {
  test("on an empty database gets every migration, and Prisma agrees that none is missing", async () => {
    const { applied } = await migrate(url);
    expect(applied).toEqual(await migrationNames());
    expect(applied.length).toBeGreaterThan(0);
    const status = await prisma("migrate", "status");
    expect(status.output).toContain("Database schema is up to date");
    expect(status.code).toBe(0);
  });

  test("many times at once applies each migration once", async () => {
    const reports = await Promise.all(Array.from({ length: 8 }, () => migrate(url)));
    expect(reports.flatMap(({ applied }) => applied).sort()).toEqual(await migrationNames());
    const history = await rows(`SELECT 1 FROM "_prisma_migrations"`);
    expect(history).toHaveLength((await migrationNames()).length);
  });

  test("after a migration failed has lost nothing, and goes on once it is mended", async () => {
    await plant("1_good", "CREATE TABLE kept (id int);");
    await plant("2_bad", "CREATE TABLE half (id int); SELECT 1 / 0;");
    await expect(migrate(url, directory)).rejects.toThrow(
      /2_bad failed and was undone: division by zero/,
    );
    expect(await rows("SELECT to_regclass('kept') AS kept, to_regclass('half') AS half")).toEqual([
      { kept: "kept", half: null },
    ]);
    await plant("2_bad", "CREATE TABLE half (id int);");
    expect((await migrate(url, directory)).applied).toEqual(["2_bad"]);
  });

  test("after a process died half-way tries the migration again", async () => {
    await plant("1_first", "CREATE TABLE first (id int);");
    await migrate(url, directory);
    await plant("2_second", "CREATE TABLE second (id int);");
    await runSql(
      url,
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name) VALUES ('died', 'x', '2_second')`,
    );
    expect((await migrate(url, directory)).applied).toEqual(["2_second"]);
  });

  test("is told which migration failed under Prisma's command line and how to go on", async () => {
    await plant("1_first", "CREATE TABLE first (id int);");
    await migrate(url, directory);
    await plant("2_second", "CREATE TABLE second (id int);");
    await runSql(
      url,
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, logs)
       VALUES ('failed', 'x', '2_second', 'the disk was full')`,
    );
    await expect(migrate(url, directory)).rejects.toThrow(
      /2_second failed earlier: the disk was full.*migrate resolve --rolled-back 2_second/s,
    );
  });

  test("with an older version than the database is refused", async () => {
    await plant("1_first", "CREATE TABLE first (id int);");
    await plant("2_newer", "CREATE TABLE second (id int);");
    await migrate(url, directory);
    await rm(join(directory, "2_newer"), { recursive: true });
    await expect(migrate(url, directory)).rejects.toThrow(/2_newer.*a newer version has used it/);
  });

  test("hears of a migration that was edited after it was applied", async () => {
    await plant("1_first", "CREATE TABLE first (id int);");
    await migrate(url, directory);
    await plant("1_first", "CREATE TABLE first (id bigint);");
    expect(await migrate(url, directory)).toEqual({ applied: [], edited: ["1_first"] });
  });

  test("is told by the readiness check what is missing", async () => {
    await plant("1_first", "CREATE TABLE first (id int);");
    await migrate(url, directory);
    await plant("2_second", "CREATE TABLE second (id int);");
    const db = openDatabase(url, 1);
    try {
      expect(await pendingMigrations(db, directory)).toEqual(["2_second"]);
    } finally {
      await db.$disconnect();
    }
  });
});

test("functions with semicolons in their bodies and comments arrive whole", async () => {
  await plant(
    "1_function",
    `-- not the end; nor this;
     CREATE FUNCTION one() RETURNS int LANGUAGE plpgsql AS $$ BEGIN /* ; */ RETURN 1; END $$;`,
  );
  await migrate(url, directory);
  expect(await rows("SELECT one()")).toEqual([{ one: 1 }]);
});

describe("a developer with Prisma's command line", () => {
  test("deploys the same migrations, and the product finds nothing left to do", async () => {
    const deployed = await prisma("migrate", "deploy");
    expect(deployed.output).toContain("All migrations have been successfully applied");
    expect(await migrate(url)).toEqual({ applied: [], edited: [] });
  });

  test("finds no difference between the migrations and the schema", async () => {
    await migrate(url);
    const planned = [
      "--from-migrations",
      "prisma/migrations",
      "--to-schema",
      "prisma/schema.prisma",
    ];
    const fromHistory = await prisma("migrate", "diff", ...planned, "--exit-code");
    expect(fromHistory).toMatchObject({ code: 0 });
    const real = ["--from-config-datasource", "--to-schema", "prisma/schema.prisma"];
    const fromDatabase = await prisma("migrate", "diff", ...real, "--exit-code");
    expect(fromDatabase).toMatchObject({ code: 0 });
  });

  test("is shown a column that the schema has and the migrations lack, and gets a migration for it", async () => {
    await cp("prisma", join(directory, "prisma"), { recursive: true });
    const schema = join(directory, "prisma/schema.prisma");
    const text = await readFile(schema, "utf8");
    await writeFile(schema, text.replace("model Setting {", "model Setting {\n  colour String?\n"));
    const config = join(directory, "prisma.config.ts");
    const own = (await readFile("prisma.config.ts", "utf8")).replace(
      'new URL("./scripts/schema-engine.mjs", import.meta.url)',
      JSON.stringify(`file://${process.cwd()}/scripts/schema-engine.mjs`),
    );
    await writeFile(
      config,
      own.replace("prisma/config", `${process.cwd()}/node_modules/prisma/config`),
    );
    const options = [
      "--from-migrations",
      join(directory, "prisma/migrations"),
      "--to-schema",
      schema,
    ];
    const difference = await prisma("migrate", "diff", ...options, "--exit-code");
    expect(difference.output).toContain("colour");
    expect(difference.code).toBe(2);

    const made = await prisma(
      "migrate",
      "dev",
      "--create-only",
      "--name",
      "colour",
      "--config",
      config,
    );
    expect(made.output).toContain("Prisma Migrate created the following migration");
    const names = await migrationNames(join(directory, "prisma/migrations"));
    const added = names.find((name) => name.endsWith("_colour"))!;
    const sql = await readFile(
      join(directory, "prisma/migrations", added, "migration.sql"),
      "utf8",
    );
    expect(sql).toContain(`ALTER TABLE "settings" ADD COLUMN     "colour" TEXT`);
  });
});

test("the product's migrations hold together or not at all: none ends the transaction it runs in", async () => {
  for (const name of await migrationNames()) {
    const sql = await readFile(join(MIGRATIONS_DIRECTORY, name, "migration.sql"), "utf8");
    expect(sql).not.toMatch(/^\s*(COMMIT|ROLLBACK|BEGIN TRANSACTION)\b|\bCONCURRENTLY\b/im);
  }
});
