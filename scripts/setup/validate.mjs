// @ts-check
import { mustRun, run } from "./run.mjs";
import { step } from "./progress.mjs";

const BIN = "node_modules";

const PROGRAMS = {
  format: [`${BIN}/prettier/bin/prettier.cjs`, "--check", "--log-level", "warn", "."],
  lint: [`${BIN}/eslint/bin/eslint.js`, "--max-warnings", "0", "."],
  types: [`${BIN}/typescript/bin/tsc`, "-p", ".", "--noEmit"],
};

/** @typedef {keyof typeof PROGRAMS} Validation */

export const VALIDATIONS = /** @type {Validation[]} */ (Object.keys(PROGRAMS));

/** Next declares routes and pages as types; without a build they have to be written first. */
export async function prepareTypes() {
  await step("Writing route types", async () => {
    await mustRun(process.execPath, [`${BIN}/next/dist/bin/next`, "typegen"], {
      environment: { NEXT_TELEMETRY_DISABLED: "1" },
      remedy: "Mend what is named above, then start again.",
    });
  });
}

/**
 * Runs one of the checks and prints what it found.
 * @param {Validation} name
 * @returns {Promise<boolean>} whether it passed
 */
export async function validate(name) {
  const outcome = await step(`Checking ${name}`, () => run(process.execPath, PROGRAMS[name]));
  if (outcome.code === 0) return true;
  process.stdout.write(`${outcome.output.trimEnd()}\n✗ ${name} failed\n`);
  return false;
}
