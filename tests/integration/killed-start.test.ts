import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findPostmaster } from "@/lib/db/embedded/postmaster";
import { descendantsOf, isRunning } from "@/tests/support/processes";

let dataDirectory: string;
let starts: ChildProcess[] = [];
beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), "sortie-killed-"));
});
afterEach(async () => {
  for (const start of starts) start.kill("SIGKILL");
  starts = [];
  const postmaster = await findDatabase();
  if (postmaster !== undefined) process.kill(postmaster.pid, "SIGQUIT");
  await expect.poll(findDatabase, { timeout: 20_000 }).toBeUndefined();
  await rm(dataDirectory, { recursive: true });
});

const findDatabase = () => findPostmaster(join(dataDirectory, "postgres", "cluster"));

/** Runs `npm start`'s program until it says that it is ready. */
async function startEverything() {
  const own = { SORTIE_DATA_DIR: dataDirectory, PORT: "0", HOST: "127.0.0.1" };
  const start = spawn(process.execPath, ["scripts/start.mjs"], {
    env: { ...process.env, ...own, DATABASE_URL: "", REDIS_URL: "", NEXTAUTH_URL: "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  starts.push(start);
  let printed = "";
  start.stdout.on("data", (data: Buffer) => (printed += data.toString()));
  await expect.poll(() => printed, { timeout: 120_000 }).toContain("Sortie is ready: ");
  const address = /ready: (\S+)/.exec(printed)?.[1] ?? "";
  return { start, pid: start.pid ?? 0, address, printed };
}

test("when npm start is killed, the rest ends by itself, and the next start takes the database over", async () => {
  const first = await startEverything();
  const database = await findDatabase();
  const others = descendantsOf(first.pid).filter(
    (pid) => pid !== database?.pid && !descendantsOf(database?.pid ?? 0).includes(pid),
  );
  expect(others.length).toBeGreaterThanOrEqual(2);
  const gone = once(first.start, "exit");
  first.start.kill("SIGKILL");
  await gone;
  await expect.poll(() => others.filter(isRunning), { timeout: 30_000 }).toEqual([]);
  expect(await findDatabase()).toEqual(database);

  const second = await startEverything();
  expect(await findDatabase()).toEqual(database);
  expect(first.printed).toContain("Sign in as admin");
  expect(second.printed).not.toContain("Sign in as");
  expect((await fetch(`${second.address}/readyz`)).status).toBe(200);

  const ended = once(second.start, "exit");
  second.start.kill("SIGINT");
  expect(await ended).toEqual([0, null]);
  expect(await findDatabase()).toBeUndefined();
}, 300_000);
