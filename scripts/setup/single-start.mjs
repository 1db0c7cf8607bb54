// @ts-check
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SetupError } from "./progress.mjs";

/**
 * @typedef {object} Process
 * @property {number} pid
 * @property {string} startedAt  in the kernel's ticks: with the pid it names one process for good
 */

/** @typedef {Process & { children: Process[] }} Holder */

/**
 * @typedef {object} SingleStart
 * @property {(children: number[]) => Promise<void>} noteChildren  who is to be stopped if we are killed
 * @property {() => Promise<void>} release
 */

/** More than a child allows itself for stopping in order. */
const END_TIMEOUT_MS = 12_000;
const KILL_TIMEOUT_MS = 5_000;
const POLL_MS = 50;
/** Places of fields in /proc/<pid>/stat, counted from 1 as proc(5) does. */
const STATE = 3;
const STARTTIME = 22;

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
  await Promise.all((earlier?.children ?? []).map(end));
  /** One write at a time, in the order of the calls. */
  let writing = Promise.resolve();
  const write = (/** @type {() => Promise<void>} */ work) => (writing = writing.then(work));
  return {
    noteChildren: async (children) =>
      await write(async () => {
        const named = await Promise.all(children.map(nameProcess));
        await save(file, { ...(await ourselves()), children: named.flat() });
      }),
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
    if (holder !== undefined && (await isRunning(holder))) {
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
 * @param {number} pid
 * @returns {Promise<Process[]>} none when there is no such process
 */
async function nameProcess(pid) {
  const startedAt = await startTime(pid);
  return startedAt === undefined ? [] : [{ pid, startedAt }];
}

/**
 * @param {string} file
 * @returns {Promise<Holder | undefined>}
 */
async function readHolder(file) {
  try {
    const { pid, startedAt, children } = JSON.parse(await readFile(file, "utf8"));
    return { pid, startedAt, children: Array.isArray(children) ? children : [] };
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
 * @returns {Promise<string | undefined>} undefined when there is no such process, or only its exit code is left
 */
async function startTime(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // proc(5): the second field, the program's name, may itself hold spaces and brackets.
  const [state = "", ...fields] = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
  return state === "Z" || state === "X" ? undefined : fields[STARTTIME - STATE - 1];
}

/** @param {Process} process */
async function isRunning({ pid, startedAt }) {
  const found = await startTime(pid);
  return found !== undefined && found === startedAt;
}

/**
 * Ends a process in order, by force when it takes too long.
 * @param {Process} left
 * @throws {SetupError} when not even that ends it
 */
async function end(left) {
  if (await endsAfter("SIGTERM", left, END_TIMEOUT_MS)) return;
  if (await endsAfter("SIGKILL", left, KILL_TIMEOUT_MS)) return;
  throw new SetupError(
    `Process ${left.pid}, which an earlier start left running on this data folder, does not end.`,
    "It may wait for a disk that does not answer. End it, then start again.",
  );
}

/**
 * @param {NodeJS.Signals} name
 * @param {Process} left
 * @param {number} timeoutMs
 */
async function endsAfter(name, left, timeoutMs) {
  const deadline = performance.now() + timeoutMs;
  if (await isRunning(left)) signal(left.pid, name);
  while (await isRunning(left)) {
    if (performance.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} name
 */
function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself between the look and the signal, or belongs to somebody else: the wait tells.
  }
}
