/**
 * Imports every module of `lib`, but for the entry points of a browser's workers, and prints what has been started
 * by that and would keep a process alive (connections, timers, threads), a kind to a line.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const paths = (await readdir("lib", { recursive: true })).filter(
  (path) => /\.ts$/.test(path) && !/(\.(test|d)|-worker)\.ts$/.test(path),
);
for (const path of paths) await import(pathToFileURL(join("lib", path)).href);
// A pipe is the way to whoever started this, opened by the first module that looks at it; files are written by the
// loader, which keeps what it has made of a module.
const started = process
  .getActiveResourcesInfo()
  .filter((kind) => kind !== "PipeWrap" && !kind.startsWith("FSReq"));
process.stdout.write(started.map((kind) => `${kind}\n`).join(""), () => process.exit());
