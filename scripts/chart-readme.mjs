// @ts-check
/** `npm run chart:readme`: writes the tables of values in helm/README.md anew, out of the comments in helm/values.yaml. */
import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { valuesTables, withTables } from "./setup/chart-values.mjs";

process.chdir(resolve(import.meta.dirname, ".."));
const tables = valuesTables(await readFile("helm/values.yaml", "utf8"));
await writeFile(
  "helm/README.md",
  await withTables(await readFile("helm/README.md", "utf8"), tables),
);
