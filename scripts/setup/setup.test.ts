import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { checkNodeVersion } from "./node-version.mjs";
import { mustRun } from "./run.mjs";
import { holdDataDirectory } from "./single-start.mjs";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sortie-setup-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

test.each(["20.19.0", "20.20.2", "22.0.0", "26.1.0"])("Node %s will do", (version) => {
  expect(() => checkNodeVersion(version)).not.toThrow();
});

test.each(["18.20.0", "20.18.3"])("Node %s is refused, saying which is needed", (version) => {
  expect(() => checkNodeVersion(version)).toThrow(
    `This is Node ${version}; Sortie needs 20.19 or later.`,
  );
});

test("a program that fails is reported with what it said and what to do", async () => {
  const fails = mustRun("sh", ["-c", "echo first; echo why >&2; exit 3"], { remedy: "Mend it." });
  await expect(fails).rejects.toMatchObject({
    message: expect.stringMatching(/failed:\nfirst\nwhy$/) as string,
    remedy: "Mend it.",
  });
  await expect(mustRun("no-such-program", [], { remedy: "" })).rejects.toThrow("ENOENT");
});

test("a second start on the same data folder is refused with a sentence, a later one is not", async () => {
  const first = await holdDataDirectory(folder);
  await expect(holdDataDirectory(folder)).rejects.toThrow(
    `Sortie is already running on this data folder (process ${process.pid}).`,
  );
  await first.release();
  await (await holdDataDirectory(folder)).release();
});

/** Leaves the file of a start that was killed with these children. */
async function leave(...children: unknown[]): Promise<void> {
  const dead = { pid: 2 ** 22, startedAt: "1", children };
  await writeFile(join(folder, "npm-start.json"), JSON.stringify(dead));
}

/** The children that a start has noted. */
async function noted(...pids: (number | undefined)[]): Promise<{ pid: number }[]> {
  const hold = await holdDataDirectory(folder);
  await hold.noteChildren(pids.filter((pid) => pid !== undefined));
  const text = await readFile(join(folder, "npm-start.json"), "utf8");
  await hold.release();
  return (JSON.parse(text) as { children: { pid: number }[] }).children;
}

test("a start that was killed is in nobody's way, and what it left running is ended", async () => {
  const child = spawn("sleep", ["600"], { stdio: "ignore" });
  const ended = once(child, "exit");
  await leave(...(await noted(child.pid)));
  const hold = await holdDataDirectory(folder);
  expect(await ended).toEqual([null, "SIGTERM"]);
  await hold.release();
});

test("a stranger who got the process id of a child that has ended is left alone", async () => {
  const stranger = spawn("sleep", ["600"], { stdio: "ignore" });
  await leave({ pid: stranger.pid, startedAt: "1" }, stranger.pid);
  const hold = await holdDataDirectory(folder);
  expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  stranger.kill();
  await hold.release();
});

test("a child that has ended, but that nobody has taken note of, is not waited for", async () => {
  // The shell becomes a program that never asks how its child ended.
  const parent = spawn("sh", ["-c", "sleep 0.1 & echo $!; exec sleep 600"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(line);
  const children = await noted(pid);
  await vi.waitFor(async () => {
    expect(await readFile(`/proc/${pid}/stat`, "utf8")).toContain(") Z ");
  });
  await leave(...children);
  await (await holdDataDirectory(folder)).release();
  parent.kill();
});

test("a process id that the system has given to somebody else does not count as a start", async () => {
  const reused = { pid: process.pid, startedAt: "1", children: [] };
  await writeFile(join(folder, "npm-start.json"), JSON.stringify(reused));
  await (await holdDataDirectory(folder)).release();
});

test("children that start at once are all noted", async () => {
  const hold = await holdDataDirectory(folder);
  await Promise.all([
    hold.noteChildren([process.pid]),
    hold.noteChildren([process.pid, process.ppid]),
  ]);
  const text = await readFile(join(folder, "npm-start.json"), "utf8");
  const startedAt = expect.stringMatching(/^\d+$/) as string;
  expect(JSON.parse(text)).toMatchObject({
    pid: process.pid,
    children: [
      { pid: process.pid, startedAt },
      { pid: process.ppid, startedAt },
    ],
  });
  expect((await stat(join(folder, "npm-start.json"))).mode & 0o777).toBe(0o600);
  await hold.release();
});
