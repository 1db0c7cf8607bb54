// @ts-check
/** `npm run bench`: sets up what is missing, builds, and measures the promises beside their peers. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { build } from "./setup/build.mjs";
import { installDebianPackages, TEST_PACKAGES } from "./setup/debian-packages.mjs";
import { checkNodeVersion } from "./setup/node-version.mjs";
import { installNpmPackages } from "./setup/npm-packages.mjs";
import { failAndExit } from "./setup/progress.mjs";

process.chdir(resolve(import.meta.dirname, ".."));
try {
  checkNodeVersion();
  await installNpmPackages();
  await installDebianPackages(TEST_PACKAGES, () => "Some measurements cannot be made.");
  await build();
  const options = ["--import", "tsx", "tests/bench/run.ts", ...process.argv.slice(2)];
  const [code] = await once(spawn(process.execPath, options, { stdio: "inherit" }), "exit");
  process.exitCode = code ?? 1;
} catch (error) {
  failAndExit(error);
}
