import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SessionDirectories } from "./session-directories";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "st-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true });
});

test("sessions start again once their place on the disk is there again", async () => {
  const place = join(directory, "t");
  vi.stubEnv("TMPDIR", place);
  const directories = new SessionDirectories("i");
  await expect(directories.create("s", undefined)).rejects.toThrow("ENOENT");
  await mkdir(place);
  expect((await stat(await directories.create("s", undefined))).isDirectory()).toBe(true);
  await directories.close();
});
