// @ts-check
import { mkdir, readFile, readlink, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SetupError } from "./progress.mjs";

/**
 * @typedef {object} Holder
 * @property {number} pid
 * @property {string} startedAt  in the kernel's ticks: with the pid it names one process for good
 * @property {number[]} children
 */

/**
 * @typedef {object} SingleStart
 * @property {(children: number[]) => Promise<void>} noteChildren  who is to be stopped if we are killed
 * @property {() => Promise<void>} release
 */

const END_TIMEOUT_MS = 12_000;
const POLL_MS = 50;

/**
 * Makes sure that one `npm start` at a time works on a data folder. What an earlier one left running when it
 * was killed is ended first.
 * @param {string} dataDirectory
 * @returns {Promise<SingleStart>}
 */
export async function holdDataDirectory(dataDirectory) {
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const file = join(dataDirectory, "npm-start.json");
  const earlier = await claim(file);
  if (earlier !== undefined) await endAll(earlier.children);
  /** One write at a time, in the order of the calls. */
  let writing = Promise.resolve();
  const write = (/** @type {() => Promise<void>} */ work) => (writing = writing.then(work));
  return {
    noteChildren: async (children) =>
      await write(async () => await save(file, { ...(await ourselves()), children })),
    release: async () => await write(async () => await rm(file, { force: true })),
  };
}

/**
 * @param {string} file
 * @returns {Promise<Holder | undefined>} who held it and is dead
 */
async function claim(file) {
  const us = JSON.stringify(await ourselves());
  for (;;) {
    try {
      await writeFile(file, us, { flag: "wx", mode: 0o600 });
      return undefined;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    }
    const holder = await readHolder(file);
    if (holder !== undefined && (await startTime(holder.pid)) === holder.startedAt) {
      throw new SetupError(
        `Sortie is already running on this data folder (process ${holder.pid}).`,
        "Press Ctrl-C where it runs, or set SORTIE_DATA_DIR and PORT to others to run a second one.",
      );
    }
    await save(file, { ...(await ourselves()), children: holder?.children ?? [] });
    return holder;
  }
}

/** @returns {Promise<Holder>} */
async function ourselves() {
  return { pid: process.pid, startedAt: (await startTime(process.pid)) ?? "", children: [] };
}

/**
 * @param {string} file
 * @returns {Promise<Holder | undefined>}
 */
async function readHolder(file) {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    // Gone meanwhile, or cut off by a crash: nobody's.
    return undefined;
  }
}

/**
 * @param {string} file
 * @param {Holder} holder
 */
async function save(file, holder) {
  await writeFile(`${file}.new`, JSON.stringify(holder), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/**
 * @param {number} pid
 * @returns {Promise<string | undefined>} undefined when there is no such process
 */
async function startTime(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // Field 22 of proc(5); the second, the program's name, may itself hold spaces and brackets.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}

/** @param {readonly number[]} pids */
async function endAll(pids) {
  const ours = await Promise.all(pids.map(async (pid) => ((await isOurs(pid)) ? [pid] : [])));
  await Promise.all(ours.flat().map(end));
}

/** @param {number} pid */
async function end(pid) {
  signal(pid, "SIGTERM");
  const deadline = Date.now() + END_TIMEOUT_MS;
  while (await isOurs(pid)) {
    if (Date.now() > deadline) signal(pid, "SIGKILL");
    await delay(POLL_MS);
  }
}

/**
 * A child works in this folder: a stranger that got its process id most likely does not.
 * @param {number} pid
 */
async function isOurs(pid) {
  return (await readlink(`/proc/${pid}/cwd`).catch(() => undefined)) === process.cwd();
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} name
 */
function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself between the look and the signal.
  }
}
