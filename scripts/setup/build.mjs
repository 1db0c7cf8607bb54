// @ts-check
import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { step } from "./progress.mjs";
import { mustRun } from "./run.mjs";

/** Everything the build is made from. */
const SOURCES = [
  "app",
  "lib",
  "prisma",
  "public",
  "scripts/reconcile",
  "scripts/supervisor",
  "workers",
  "next.config.ts",
  "package-lock.json",
  "postcss.config.mjs",
  "prisma.config.ts",
  "server.ts",
  "tsconfig.json",
];
const GENERATED_CLIENT = "lib/db/generated";

const BUILT = "dist/.source-hash";
const BUILT_PAGES = ".next/BUILD_ID";
const GENERATED = join(GENERATED_CLIENT, ".schema-hash");

const REMEDY = "Mend what is named above, then start again.";

/** Builds the product, unless what is built was made from these very sources. */
export async function build() {
  await generateClient();
  const wanted = await hashOf(SOURCES);
  const built = await readFile(BUILT, "utf8").catch(() => "");
  if (built === wanted && (await exists(BUILT_PAGES))) return;
  await rm(BUILT, { force: true });
  await step("Building the pages", async () => {
    const environment = { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
    await mustRun(process.execPath, ["node_modules/next/dist/bin/next", "build"], {
      environment,
      remedy: REMEDY,
    });
  });
  await step("Building the server", bundle);
  await writeFile(BUILT, wanted);
}

/** Writes the database client that the schema describes, unless it is there. */
export async function generateClient() {
  const wanted = await hashOf(["prisma/schema.prisma", "package-lock.json"]);
  if ((await readFile(GENERATED, "utf8").catch(() => "")) === wanted) return;
  await step("Generating the database client", async () => {
    await mustRun(process.execPath, ["node_modules/prisma/build/index.js", "generate"], {
      remedy: REMEDY,
    });
    await writeFile(GENERATED, wanted);
  });
}

/** Our own code in one file per process; packages stay where npm put them. */
async function bundle() {
  const { build: esbuild, stop } = await import("esbuild");
  await mkdir("dist", { recursive: true });
  await esbuild({
    entryPoints: {
      server: "server.ts",
      worker: "workers/main.ts",
      supervisor: "scripts/supervisor/main.ts",
      reconcile: "scripts/reconcile/main.ts",
    },
    outdir: "dist",
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    packages: "external",
    sourcemap: true,
    logLevel: "error",
  });
  // esbuild keeps a process for the next build.
  await stop();
}

/** @param {readonly string[]} paths */
async function hashOf(paths) {
  const hash = createHash("sha256").update(`${process.version} ${process.arch}\n`);
  for (const path of paths) {
    for await (const file of filesUnder(path)) {
      hash
        .update(`${file}\0`)
        .update(await readFile(file))
        .update("\0");
    }
  }
  return hash.digest("hex");
}

/**
 * @param {string} path  a file, a folder, or nothing at all
 * @returns {AsyncGenerator<string>}
 */
async function* filesUnder(path) {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) yield path;
  if (!found?.isDirectory() || path === GENERATED_CLIENT) return;
  for (const name of (await readdir(path)).sort()) {
    if (!/\.test\.tsx?$/.test(name)) yield* filesUnder(join(path, name));
  }
}

/** @param {string} path */
async function exists(path) {
  return await access(path).then(
    () => true,
    () => false,
  );
}
