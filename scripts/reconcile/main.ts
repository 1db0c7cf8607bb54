import { parseArgs } from "node:util";
import { createServices, type Services } from "@/lib/composition/services";
import { ConfigError, parseConfig } from "@/lib/config/config";
import { pendingMigrations } from "@/lib/db/migrate";
import { isAppError } from "@/lib/errors/app-error";
import { reconcileStorage } from "@/lib/recordings/reconcile-storage";
import { jsonReport, type Report, textReport } from "./report";

/** What the shell is told: all is well, a person has to act, or it could not be looked at. */
const EXIT = { well: 0, forPerson: 1, notDone: 2 } as const;

const USAGE = "Usage: npm run reconcile [-- [--apply] [--json]]";

/** Something the operator can mend; its message says all there is to say. */
class CommandError extends Error {}

async function main(): Promise<number> {
  const { apply, json } = parseOptions();
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const report = json ? jsonReport(print) : textReport(print, apply);
  // What it finds is its output; the log would only stand between the lines.
  const services = createServices({ ...parseConfig(process.env), logLevel: "silent" }, "reconcile");
  try {
    return await run(services, apply, report);
  } finally {
    await services.db.$disconnect();
  }
}

function parseOptions() {
  const options = { apply: { type: "boolean" }, json: { type: "boolean" } } as const;
  try {
    const { apply = false, json = false } = parseArgs({ options }).values;
    return { apply, json };
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : ""}\n${USAGE}`);
  }
}

async function run(services: Services, apply: boolean, report: Report): Promise<number> {
  await requireOurDatabase(services);
  const summary = await reconcileStorage(services, { apply, onFinding: report.finding });
  if (summary === null) {
    throw new CommandError(
      "The storage is being looked at by another process now: try again when it is done, or in a minute.",
    );
  }
  report.summary(summary);
  return summary.forPerson > 0 ? EXIT.forPerson : EXIT.well;
}

async function requireOurDatabase({ db }: Services): Promise<void> {
  const pending = await pendingMigrations(db).catch((cause: unknown) => {
    throw new CommandError(
      "The database does not answer, or was never used by the product: look at DATABASE_URL.",
      { cause },
    );
  });
  if (pending.length > 0) {
    throw new CommandError(
      "The database is of an older version: start the product once, then try again.",
    );
  }
}

/** One line for what an operator can mend; anything else comes with its stack. */
function explain(error: unknown): string {
  if (error instanceof CommandError || error instanceof ConfigError) return error.message;
  if (isAppError(error)) return error.advice ?? error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  return EXIT.notDone;
});
