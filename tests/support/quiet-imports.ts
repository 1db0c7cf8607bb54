/**
 * Imports every module of `lib`, but for the entry points of a browser's workers, and prints what has been started
 * by that and would keep a process alive (connections, timers, threads), a kind to a line.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// Counted like the rest: the pipes to whoever started this.
for (const pipe of [process.stdout, process.stderr]) pipe.write("");
const before = process.getActiveResourcesInfo().length;
const paths = (await readdir("lib", { recursive: true })).filter(
  (path) => /\.ts$/.test(path) && !/(\.(test|d)|-worker)\.ts$/.test(path),
);
for (const path of paths) await import(pathToFileURL(join("lib", path)).href);
const started = process.getActiveResourcesInfo().slice(before);
process.stdout.write(started.map((kind) => `${kind}\n`).join(""), () => process.exit());
