// @ts-check
import { spawn } from "node:child_process";
import { SetupError } from "./progress.mjs";

const SHOWN_LINES = 20;

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

/** Ends what `run` has started: nothing of it is left when a person gives up. */
export function stopRunning() {
  for (const child of running) child.kill("SIGTERM");
}

/**
 * @typedef {object} Outcome
 * @property {number | null} code
 * @property {string} output  standard output and error, as they came
 */

/**
 * Runs a program without a terminal and collects what it says.
 * @param {string} program
 * @param {readonly string[]} options
 * @param {Record<string, string>} [environment]  added to ours
 * @returns {Promise<Outcome>}
 */
export async function run(program, options, environment = {}) {
  return await new Promise((resolve) => {
    let output = "";
    const child = spawn(program, options, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment },
    });
    running.add(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (/** @type {Buffer} */ data) => (output += data.toString()));
    }
    child.on("error", (error) => resolve({ code: null, output: `${output}${error.message}\n` }));
    child.on("close", (code) => {
      running.delete(child);
      resolve({ code, output });
    });
  });
}

/**
 * Runs a program that has to succeed.
 * @param {string} program
 * @param {readonly string[]} options
 * @param {{ environment?: Record<string, string>, remedy: string }} settings
 * @returns {Promise<string>} what it said
 */
export async function mustRun(program, options, { environment = {}, remedy }) {
  const { code, output } = await run(program, options, environment);
  if (code === 0) return output;
  const said = output.trimEnd().split("\n").slice(-SHOWN_LINES).join("\n");
  throw new SetupError(`${[program, ...options].join(" ")} failed:\n${said}`, remedy);
}
