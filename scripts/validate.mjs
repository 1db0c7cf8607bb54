// @ts-check
/** `npm run validate`: format, lint and types; ends with what failed. */
import { resolve } from "node:path";
import { generateClient } from "./setup/build.mjs";
import { failAndExit } from "./setup/progress.mjs";
import { prepareTypes, validate } from "./setup/validate.mjs";

process.chdir(resolve(import.meta.dirname, ".."));
try {
  await generateClient();
  await prepareTypes();
  const { failed } = await validate();
  if (failed > 0) process.exitCode = 1;
} catch (error) {
  failAndExit(error);
}
