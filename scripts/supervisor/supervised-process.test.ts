import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SupervisedProcess } from "./supervised-process";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sortie-supervised-"));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

test("a disk that is full costs the log, and nothing stops", async () => {
  const script = join(directory, "serve.mjs");
  await writeFile(
    script,
    "console.log('{}'); process.send({ port: 7 }); setInterval(() => {}, 1e6);",
  );
  const print = vi.fn();
  const environment = { PATH: process.env["PATH"] };
  const child = new SupervisedProcess({
    ...{ name: "web", script, environment, print, onPid: () => undefined },
    // Every write to this device finds the disk full.
    logFile: "/dev/full",
  });
  try {
    expect(await child.start()).toEqual({ port: 7 });
    await vi.waitFor(() =>
      expect(print).toHaveBeenCalledWith(expect.stringContaining("its log is not kept any more")),
    );
  } finally {
    await child.stop();
  }
});

test("a process that the system cannot start again is tried again, and that is said", async () => {
  const node = join(directory, "node");
  const starts = join(directory, "starts");
  const script = join(directory, "crash.mjs");
  // Without this link there is no program to start: as good as a machine that has no process to give.
  await symlink(process.execPath, node);
  await writeFile(
    script,
    `import { appendFileSync, rmSync } from "node:fs";
     appendFileSync(${JSON.stringify(starts)}, "x");
     rmSync(${JSON.stringify(node)});
     process.send({}, () => process.exit(3));`,
  );
  const print = vi.fn();
  const environment = { PATH: process.env["PATH"] };
  const logFile = join(directory, "web.log");
  const execPath = process.execPath;
  process.execPath = node;
  const child = new SupervisedProcess({
    ...{ name: "web", script, environment, logFile, print, onPid: () => undefined },
  });
  try {
    await child.start();
    await vi.waitFor(
      () =>
        expect(print).toHaveBeenCalledWith(
          expect.stringContaining("ENOENT); starting it again in 2 s"),
        ),
      { timeout: 20_000 },
    );
    await symlink(execPath, node);
    await vi.waitFor(async () => expect(await readFile(starts, "utf8")).toBe("xx"), {
      timeout: 20_000,
    });
  } finally {
    process.execPath = execPath;
    await child.stop();
  }
});
