// @ts-check
/**
 * `npm run faults`: sets up what is missing, builds, and records while everything fails.
 * `npm run faults -- --rounds 200 --seed 1 --only kill-web`
 */
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
  await installDebianPackages(TEST_PACKAGES, () => "Some faults cannot be tried.");
  await build();
  // Ctrl-C reaches the rounds too: they end in order, and then we do.
  process.on("SIGINT", () => undefined);
  const options = ["--import", "tsx", "tests/faults/run.ts", ...process.argv.slice(2)];
  const [code] = await once(spawn(process.execPath, options, { stdio: "inherit" }), "exit");
  process.exitCode = code ?? 1;
} catch (error) {
  failAndExit(error);
}
