import { mkdtemp, rm, writeFile } from "node:fs/promises";
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
