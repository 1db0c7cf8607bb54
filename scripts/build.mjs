// @ts-check
/** `npm run build`: makes `.next` and `dist` out of the sources, unless they are up to date. */
import { resolve } from "node:path";
import { build } from "./setup/build.mjs";
import { failAndExit } from "./setup/progress.mjs";

process.chdir(resolve(import.meta.dirname, ".."));
try {
  await build();
} catch (error) {
  failAndExit(error);
}
