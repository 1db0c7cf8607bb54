import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findPostmaster } from "@/lib/db/embedded/postmaster";
import { supervise } from "@/scripts/supervisor/main";

let dataDirectory: string;
beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), "sortie-stopped-"));
  vi.stubEnv("DATABASE_URL", "");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dataDirectory, { recursive: true });
});

test("Ctrl-C while the database is starting ends it and starts nothing more", async () => {
  const steps: string[] = [];
  const exitCode = await supervise({
    dataDirectory,
    step: (label, work) => {
      steps.push(label);
      process.emit("SIGINT");
      return work();
    },
    noteChildren: () => Promise.resolve(),
    lacking: null,
  });
  expect(exitCode).toBe(0);
  expect(steps).toEqual(["Starting the database"]);
  expect(await findPostmaster(join(dataDirectory, "postgres", "cluster"))).toBeUndefined();
});
