import { type Client, recordAuditEvent } from "@/lib/audit/record-audit-event";
import type { Actor } from "@/lib/auth/permissions";
import type { Database } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import {
  failQueuedRun,
  findRequestedRun,
  insertRequestedRun,
  type RetentionRun,
} from "./retention-run";

interface RequestDeps {
  readonly db: Database;
  /** Hands the run to the workers. */
  readonly enqueue: (runId: string) => Promise<void>;
}

/**
 * An administrator wants a sweep now. One that was asked for and is not over is the one they get.
 * @throws AppError `unavailable` when no worker can be told
 */
export async function requestRun(
  { db, enqueue }: RequestDeps,
  { actor, client }: { readonly actor: Actor; readonly client: Client },
): Promise<RetentionRun> {
  const present = await findRequestedRun(db);
  if (present !== null) return present;
  const run = await insertRequestedRun(db, actor.username);
  if (run === null) return requestRun({ db, enqueue }, { actor, client });
  try {
    await enqueue(run.id);
  } catch (error) {
    const problem = "The job queue could not be reached, so that no worker heard of this run.";
    await failQueuedRun(db, run.id, problem);
    throw new AppError("unavailable", `${problem} Try again in a moment.`, {
      cause: error,
      retryAfterSeconds: 5,
    });
  }
  const detail = { run: run.id };
  await recordAuditEvent(db, { actor, client, action: "retention.run", detail });
  return run;
}
