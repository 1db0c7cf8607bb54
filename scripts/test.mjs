// @ts-check
/**
 * `npm test`: sets up what is missing and runs every check and test; ends with how many passed and failed.
 * `npm test -- <words>` runs only the test files whose paths hold one of the words.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { build, generateClient } from "./setup/build.mjs";
import {
  DESKTOP_PACKAGES,
  installDebianPackages,
  TEST_PACKAGES,
} from "./setup/debian-packages.mjs";
import { checkNodeVersion } from "./setup/node-version.mjs";
import { installNpmPackages } from "./setup/npm-packages.mjs";
import { failAndExit } from "./setup/progress.mjs";
import { prepareTypes, validate } from "./setup/validate.mjs";

/**
 * @typedef {object} Tally
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 */

process.chdir(resolve(import.meta.dirname, ".."));
try {
  checkNodeVersion();
  await installNpmPackages();
  const missing = await installDebianPackages(
    [...DESKTOP_PACKAGES, ...TEST_PACKAGES],
    () => "Some tests cannot run.",
  );
  await generateClient();
  await prepareTypes();
  const validated = { ...(await validate()), skipped: 0 };
  const tally = sum([packagesTally(missing), validated, await buildAndTest()]);
  const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : "";
  process.stdout.write(`\n${tally.passed} passed, ${tally.failed} failed${skipped}\n`);
  process.exitCode = tally.failed > 0 ? 1 : 0;
} catch (error) {
  failAndExit(error);
}

/**
 * What cannot be had is a failure where the result counts, and said by name elsewhere.
 * @param {readonly string[]} missing
 * @returns {Tally}
 */
function packagesTally(missing) {
  const counts = process.env["CI"] ? "failed" : "skipped";
  for (const name of missing) process.stdout.write(`! ${counts}: ${name} is not installed\n`);
  return { passed: 0, failed: 0, skipped: 0, [counts]: missing.length };
}

/** @returns {Promise<Tally>} */
async function buildAndTest() {
  try {
    await build();
  } catch (error) {
    process.stdout.write(
      `${error instanceof Error ? error.message : String(error)}\n✗ the build failed\n`,
    );
    return { passed: 0, failed: 1, skipped: 0 };
  }
  return sum([{ passed: 1, failed: 0, skipped: 0 }, await runTests()]);
}

/** @returns {Promise<Tally>} */
async function runTests() {
  const directory = await mkdtemp(join(tmpdir(), "sortie-tests-"));
  const report = join(directory, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const options = ["node_modules/vitest/vitest.mjs", "run", ...reporters, ...process.argv.slice(2)];
  const child = spawn(process.execPath, options, { stdio: ["ignore", "inherit", "inherit"] });
  const [code] = await once(child, "exit");
  const results = JSON.parse(await readFile(report, "utf8").catch(() => "{}"));
  nameSkipped(results);
  const tally = count(results);
  await rm(directory, { recursive: true });
  // Something that is no test failed, such as an error nobody handled.
  if (code !== 0 && tally.failed === 0) tally.failed = 1;
  return tally;
}

/**
 * @typedef {object} Report  Vitest's, in Jest's form
 * @property {number} [numPassedTests]
 * @property {number} [numFailedTests]
 * @property {number} [numPendingTests]
 * @property {number} [numTodoTests]
 * @property {{ name: string, status: string, assertionResults: { status: string, fullName: string }[] }[]} [testResults]
 */

/**
 * Nobody should take a test that did not run for one that passed.
 * @param {Report} report
 */
function nameSkipped({ testResults = [] }) {
  for (const { name, assertionResults } of testResults) {
    for (const { status, fullName } of assertionResults) {
      if (status === "skipped" || status === "pending") {
        process.stdout.write(`! skipped: ${relative(process.cwd(), name)}: ${fullName}\n`);
      }
    }
  }
}

/**
 * @param {Report} report
 * @returns {Tally}
 */
function count(report) {
  // A file that could not even be loaded has no test to count.
  const broken = (report.testResults ?? []).filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  return {
    passed: report.numPassedTests ?? 0,
    failed: (report.numFailedTests ?? 0) + broken.length,
    skipped: (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0),
  };
}

/**
 * @param {readonly Tally[]} tallies
 * @returns {Tally}
 */
function sum(tallies) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of tallies) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}
