// @ts-check
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { step } from "./progress.mjs";
import { mustRun } from "./run.mjs";

const INSTALLED = "node_modules/.sortie-lock-hash";

/** Installs exactly what the lock file says, unless that is what is installed. */
export async function installNpmPackages() {
  const wanted = createHash("sha256")
    .update(await readFile("package-lock.json"))
    .digest("hex");
  const installed = await readFile(INSTALLED, "utf8").catch(() => "");
  if (installed === wanted) return;
  await step("Installing npm packages", async () => {
    // No package's install script runs here: none is needed, and each could do anything.
    const options = ["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund"];
    await mustRun("npm", options, {
      remedy: "Check that this machine reaches the npm registry, then start again.",
    });
    await writeFile(INSTALLED, wanted);
  });
}
