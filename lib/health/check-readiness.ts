import type { Database } from "@/lib/db/database";
import { pendingMigrations } from "@/lib/db/migrate";
import { isAppError } from "@/lib/errors/app-error";
import { inTime } from "@/lib/errors/in-time";
import type { QueueMonitor } from "@/lib/queue/queue-monitor";
import type { RecordingStore } from "@/lib/storage/recording-store";

export interface Check {
  readonly ok: boolean;
  /** A sentence for an operator; never an address, a path or a secret. */
  readonly message: string;
}

export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<"database" | "migrations" | "storage", Check>> & {
    /** Where jobs are taken. */
    readonly queue?: Check;
  };
}

export interface ReadinessDeps {
  readonly db: Database;
  readonly store: Pick<RecordingStore, "checkWritable">;
  /** Of a worker. Null where no jobs are taken: sessions and recordings go on without the queue. */
  readonly queue: Pick<QueueMonitor, "counts"> | null;
}

/** A probe that waits longer than its caller tells nothing; Kubernetes' default is 1 s, operators set some more. */
const CHECK_TIMEOUT_MS = 3_000;

/** Looks whether this process can serve: every check is done now, none is remembered. */
export async function checkReadiness({ db, store, queue }: ReadinessDeps): Promise<Readiness> {
  const [database, migrations, storage, jobs] = await Promise.all([
    check("The database answers.", "The database does not answer.", async () => {
      await db.$queryRaw`SELECT 1`;
    }),
    check("All migrations are applied.", "The migrations cannot be looked up.", async () => {
      const pending = await pendingMigrations(db);
      if (pending.length > 0) throw new NotReady(`Migrations are missing: ${pending.join(", ")}.`);
    }),
    check("Recordings can be written.", "Recordings cannot be written.", async () => {
      await store.checkWritable();
    }),
    queue === null
      ? null
      : check("The job queue answers.", "The job queue does not answer.", async () => {
          await queue.counts();
        }),
  ]);
  const checks = { database, migrations, storage, ...(jobs === null ? {} : { queue: jobs }) };
  return { ready: Object.values(checks).every(({ ok }) => ok), checks };
}

class NotReady extends Error {}

async function check(good: string, bad: string, look: () => Promise<void>): Promise<Check> {
  const late = () => new NotReady(`${bad} It took longer than 3 s.`);
  try {
    await inTime(look(), CHECK_TIMEOUT_MS, late);
    return { ok: true, message: good };
  } catch (error) {
    // Our own sentences may be shown; anybody else's may name hosts and paths.
    if (isAppError(error)) return { ok: false, message: error.advice ?? error.message };
    return { ok: false, message: error instanceof NotReady ? error.message : bad };
  }
}
