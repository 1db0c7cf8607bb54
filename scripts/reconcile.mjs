// @ts-check
/**
 * `npm run reconcile [-- --apply] [--json]`: compares the storage with the database of the product that runs
 * here. Uses what is built: building now would take the pages from under a product that runs.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { build } from "./setup/build.mjs";
import { SetupError } from "./setup/progress.mjs";

/** As the command's own: it could not be looked at. */
const NOT_DONE = 2;

process.chdir(resolve(import.meta.dirname, ".."));
try {
  const isBuilt = await access("dist/reconcile.js").then(
    () => true,
    () => false,
  );
  if (!isBuilt) await build();
  /** @type {typeof import("./supervisor/main")} */
  const { runningEnvironment } = await import(resolve("dist/supervisor.js"));
  const dataDirectory = resolve(process.env["SORTIE_DATA_DIR"] || ".sortie");
  const env = await runningEnvironment(process.env, dataDirectory);
  if (env["DATABASE_URL"] === undefined) {
    throw new SetupError(
      "The embedded database does not run.",
      "Start the product with npm start, or set DATABASE_URL and SORTIE_DATA_DIR as it has them.",
    );
  }
  const options = ["dist/reconcile.js", ...process.argv.slice(2)];
  const child = spawn(process.execPath, options, {
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  // Ctrl-C reaches it too: what it has done by then stays done.
  process.on("SIGINT", () => undefined);
  const [code] = await once(child, "exit");
  process.exitCode = code ?? NOT_DONE;
} catch (error) {
  const isPlain = error instanceof SetupError;
  process.stderr.write(`${isPlain ? `${error.message}\n→ ${error.remedy}` : String(error)}\n`);
  process.exitCode = NOT_DONE;
}
