import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { withLease } from "@/lib/db/lease";
import { openDatabase } from "@/lib/db/database";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/db/embedded-postgres";
import { migrate } from "@/lib/db/migrate";

const ORPHAN = "2026/11/0b5a1f3e-6a52-4f0c-9a51-0d6f6f1d8a11";
const PROBE = ".writable-1c5a1f3e-6a52-4f0c-9a51-0d6f6f1d8a22";

let data: string;
let database: EmbeddedPostgres;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "sortie-reconcile-"));
  database = await startEmbeddedPostgres({ directory: join(data, "postgres"), durable: false });
});
afterAll(async () => {
  await database.stop();
  await rm(data, { recursive: true });
});
beforeEach(async () => {
  await rm(join(data, "recordings"), { recursive: true, force: true });
  await mkdir(join(data, "recordings/2026/11"), { recursive: true });
});

const store = (name: string) => join(data, "recordings", name);

/** Runs what `npm run reconcile` runs, as an operator who has set nothing but the folder. */
async function reconcile(...options: string[]) {
  const env = { ...process.env, SORTIE_DATA_DIR: data, DATABASE_URL: "" };
  const command = ["scripts/reconcile.mjs", ...options];
  return await new Promise<{ code: unknown; out: string; err: string }>((resolve) => {
    execFile(process.execPath, command, { env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : error.code, out, err });
    });
  });
}

test("an operator is told in words what stands in the way, and 2 is the exit code", async () => {
  expect(await reconcile("--aply")).toMatchObject({
    code: 2,
    err: expect.stringContaining("--aply") as string,
  });
  const unused = await reconcile();
  expect(unused).toMatchObject({ code: 2, out: "" });
  expect(unused.err).toMatch(/^The database does not answer, or was never used .+\n$/);
  await migrate(database.url);
  const db = openDatabase(database.url, 2);
  await db.$executeRaw`
    UPDATE "_prisma_migrations" SET "rolled_back_at" = now() WHERE "migration_name" LIKE '%_leases'`;
  const older = await reconcile();
  expect(older).toMatchObject({ code: 2, out: "" });
  expect(older.err).toMatch(/^The database is of an older version: start the product once.+\n$/);
  await db.$executeRaw`UPDATE "_prisma_migrations" SET "rolled_back_at" = NULL`;
  const busy = await withLease(db, "reconcile-storage", async () => await reconcile());
  await db.$disconnect();
  expect(busy).toMatchObject({
    code: 2,
    err: expect.stringContaining("another process") as string,
  });
});

test("while all is well it says so and exits with 0, also when it has removed what nobody needs", async () => {
  await migrate(database.url);
  expect(await reconcile()).toEqual({
    code: 0,
    out: "Looked at 0 recordings and 0 things in the storage.\nNothing is wrong.\n",
    err: "",
  });
  await writeFile(store(PROBE), "ok");
  await utimes(store(PROBE), new Date("2026-01-01"), new Date("2026-01-01"));
  const told = await reconcile();
  expect(told.code).toBe(0);
  expect(told.out).toContain("Nothing is wrong. --apply repairs 1.");
  expect(await readdir(store(""))).toContain(PROBE);
  expect(await reconcile("--apply")).toMatchObject({ code: 0, err: "" });
  expect(await readdir(store(""))).toEqual(["2026"]);
});

test("what needs a person makes it exit with 1, and programs can read it line by line", async () => {
  await migrate(database.url);
  await writeFile(store(ORPHAN), "bytes");
  const text = await reconcile();
  expect(text).toMatchObject({ code: 1, err: "" });
  expect(text.out).toContain(`No recording has the key ${ORPHAN}, under which 5 bytes are stored`);
  expect(text.out).toContain("1 of them need a person.");
  const json = await reconcile("--json", "--apply");
  expect(json).toMatchObject({ code: 1, err: "" });
  const lines = json.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  expect(lines).toMatchObject([
    { finding: { kind: "orphan", key: ORPHAN, sizeBytes: 5 }, remedy: "person", repaired: false },
    { summary: { items: 1, forPerson: 1, repaired: 0 } },
  ]);
  expect(await readdir(store("2026/11"))).toHaveLength(1);
});

test("without the embedded database it asks for a start", async () => {
  await database.stop();
  expect(await reconcile()).toEqual({
    code: 2,
    out: "",
    err: expect.stringMatching(
      /^The embedded database does not run\.\n→ Start the product/,
    ) as string,
  });
});
