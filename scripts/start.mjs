// @ts-check
/** `npm start`: sets up what is missing, builds once, and runs the product until it is told to stop. */
import { resolve } from "node:path";
import { build } from "./setup/build.mjs";
import {
  DESKTOP_PACKAGES,
  desktopsWithout,
  installDebianPackages,
} from "./setup/debian-packages.mjs";
import { checkNodeVersion } from "./setup/node-version.mjs";
import { installNpmPackages } from "./setup/npm-packages.mjs";
import { failAndExit, step } from "./setup/progress.mjs";
import { stopRunning } from "./setup/run.mjs";
import { holdDataDirectory } from "./setup/single-start.mjs";

process.chdir(resolve(import.meta.dirname, ".."));

const giveUp = () => {
  stopRunning();
  process.exit(130);
};

/** @type {import("./setup/single-start.mjs").SingleStart | undefined} */
let hold;
try {
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, giveUp);
  checkNodeVersion();
  const dataDirectory = resolve(process.env["SORTIE_DATA_DIR"] || ".sortie");
  hold = await holdDataDirectory(dataDirectory);
  await installNpmPackages();
  const missing = await installDebianPackages(DESKTOP_PACKAGES, desktopsWithout);
  await build();
  /** @type {typeof import("./supervisor/main")} */
  const { supervise } = await import(resolve("dist/supervisor.js"));
  for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, giveUp);
  process.exitCode = await supervise({
    dataDirectory,
    step,
    noteChildren: hold.noteChildren,
    lacking:
      missing.length > 0 ? `${desktopsWithout(missing)} What to install is said above.` : null,
  });
  await hold.release();
} catch (error) {
  await hold?.release();
  failAndExit(error);
}
