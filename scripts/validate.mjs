// @ts-check
/** `npm run validate`: format, lint and types, one after the other; ends with what failed. */
import { resolve } from "node:path";
import { generateClient } from "./setup/build.mjs";
import { failAndExit } from "./setup/progress.mjs";
import { prepareTypes, VALIDATIONS, validate } from "./setup/validate.mjs";

process.chdir(resolve(import.meta.dirname, ".."));
try {
  await generateClient();
  await prepareTypes();
  const failed = [];
  for (const name of VALIDATIONS) if (!(await validate(name))) failed.push(name);
  if (failed.length > 0) process.exitCode = 1;
} catch (error) {
  failAndExit(error);
}
