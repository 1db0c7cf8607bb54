// @ts-check
import { mustRun, run } from "./run.mjs";
import { step } from "./progress.mjs";

const BIN = "node_modules";

const PROGRAMS = {
  format: [`${BIN}/prettier/bin/prettier.cjs`, "--check", "--log-level", "warn", "."],
  lint: [`${BIN}/eslint/bin/eslint.js`, "--max-warnings", "0", "."],
  types: [`${BIN}/typescript/bin/tsc`, "-p", ".", "--noEmit"],
};

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
 * Runs the checks side by side, each of which keeps one processor busy, and prints what they found.
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function validate() {
  const checks = Object.entries(PROGRAMS);
  const outcomes = await step(`Checking ${Object.keys(PROGRAMS).join(", ")}`, () =>
    Promise.all(
      checks.map(async ([name, program]) => ({ name, ...(await run(process.execPath, program)) })),
    ),
  );
  const failures = outcomes.filter(({ code }) => code !== 0);
  for (const { name, output } of failures) {
    process.stdout.write(`${output.trimEnd()}\n✗ ${name} failed\n`);
  }
  return { passed: outcomes.length - failures.length, failed: failures.length };
}
