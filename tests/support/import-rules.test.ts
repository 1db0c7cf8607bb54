import { execFileSync, type StdioOptions } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { afterEach, expect, test } from "vitest";
import { violations } from "./import-rules.js";

const SKIPPED = new Set(["node_modules", "dist", "generated", "test-results", "public"]);
const SOURCE = /\.(ts|tsx|mts|js|mjs)$/;

let temporary: string | undefined;
afterEach(async () => {
  if (temporary !== undefined) await rm(temporary, { recursive: true });
  temporary = undefined;
});

/** Every broken rule under `root`, as `file → import: rule`. */
async function offenders(root: string): Promise<string[]> {
  const found: string[] = [];
  for await (const path of sourceFiles(root)) {
    const file = relative(root, path);
    for (const { fileName } of ts.preProcessFile(await readFile(path, "utf8")).importedFiles) {
      found.push(...violations(file, fileName).map((v) => `${v.file} → ${v.specifier}: ${v.rule}`));
    }
  }
  return found.sort();
}

async function* sourceFiles(directory: string): AsyncGenerator<string> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.name.startsWith(".") || SKIPPED.has(entry.name)) continue;
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* sourceFiles(path);
    else if (SOURCE.test(entry.name)) yield path;
  }
}

async function plant(files: Readonly<Record<string, string>>): Promise<string> {
  temporary = await mkdtemp(join(tmpdir(), "sortie-imports-"));
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(temporary, file)), { recursive: true });
    await writeFile(join(temporary, file), text);
  }
  return temporary;
}

test("no file of the product breaks an import rule", async () => {
  expect(await offenders(process.cwd())).toEqual([]);
});

test("an offender is named with what it imports and the rule it breaks", async () => {
  const root = await plant({
    "lib/webm/reader.ts": `import { readFile } from "node:fs/promises";\nexport const read = readFile;`,
    "lib/recordings/seal-recording.ts": `export { services } from "../composition/services";`,
    "lib/http/peek.ts": `export const peek = () => import("@/app/page");`,
    "lib/users/list-users.ts": `import type { PrismaClient } from "@prisma/client";`,
    "lib/users/picture.ts": `import { LocalRecordingStore } from "@/lib/storage/local-recording-store";`,
    "workers/sweep.ts": `import { Worker } from "bullmq";`,
  });
  expect(await offenders(root)).toEqual([
    "lib/http/peek.ts → @/app/page: lib never imports app, workers or the server",
    "lib/recordings/seal-recording.ts → ../composition/services: use cases know neither HTTP nor the gateway nor the composition",
    "lib/users/list-users.ts → @prisma/client: only lib/db knows Prisma's client",
    "lib/users/picture.ts → @/lib/storage/local-recording-store: only the composition chooses adapters",
    "lib/webm/reader.ts → node:fs/promises: pure modules do no I/O and know no other part",
    "workers/sweep.ts → bullmq: only lib/queue knows BullMQ and Redis",
  ]);
});

test("what the rules allow is left alone", async () => {
  const root = await plant({
    "lib/webm/reader.ts": `import { WebmError } from "./webm-error";\nimport { fail } from "@/lib/errors/app-error";`,
    "lib/webm/reader.test.ts": `import { readFile } from "node:fs/promises";`,
    "lib/recordings/start.ts": `import type { RecordingStore } from "@/lib/storage/recording-store";`,
    "lib/storage/s3-store.ts": `import { S3Client } from "@aws-sdk/client-s3";`,
  });
  expect(await offenders(root)).toEqual([]);
});

test("importing any module opens no connection and starts no timer", { timeout: 120_000 }, () => {
  const script = join(import.meta.dirname, "quiet-imports.ts");
  const stdio: StdioOptions = ["ignore", "pipe", "inherit"];
  expect(execFileSync(process.execPath, ["--import", "tsx", script], { stdio }).toString()).toBe(
    "",
  );
});
