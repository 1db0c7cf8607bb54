import {
  type AuditEvent,
  recordAuditEvent,
  recordAuditEvents,
  SYSTEM_ACTOR,
} from "@/lib/audit/record-audit-event";
import type { Database, DatabaseOrTransaction } from "@/lib/db/database";
import { isAppError } from "@/lib/errors/app-error";
import { keepHoldsOut, PATIENT } from "@/lib/holds/hold-repository";
import type { Logger } from "@/lib/logging/logger";
import type { RecordingStore } from "@/lib/storage/recording-store";
import { findWhole, removeObjects } from "./batch-objects";
import { summariseExpired } from "./expired-recordings";
import { findPolicy } from "./policy-repository";
import {
  adoptMarked,
  type Batch,
  beginBatch,
  endBatch,
  type ExpiredRecording,
  letOut,
  type Position,
  takeOverBatch,
} from "./retention-batch";
import { limitsOf } from "./retention-policy";
import {
  addProgress,
  endRun,
  expectCount,
  letGoOfRun,
  type RetentionRun,
  type RunHold,
  takeUpAnyRun,
  takeUpRun,
} from "./retention-run";

export interface SweepDeps {
  readonly db: Database;
  readonly store: RecordingStore;
  readonly log: Logger;
  /** `SORTIE_RECORDING_RETENTION_DAYS`. */
  readonly defaultDays: number;
}

interface SweepOptions {
  /** The run an administrator asked for; without it the schedule did. */
  readonly runId?: string | undefined;
  /** Ends the sweep after the batch at hand; another process goes on with the run. */
  readonly signal?: AbortSignal | undefined;
}

/** With its poster each recording is two objects: a batch is one call to S3. */
const BATCH = 500;
const LANES = 2;
const NO_ID = "00000000-0000-0000-0000-000000000000";
const FROM_THE_FIRST: Position = { completedAt: new Date(0), id: NO_ID };

/** The next batch that is to be deleted; null when there is no more. */
type NextBatch = () => Promise<Batch | null>;

/**
 * Deletes what is past its retention: objects before rows, in batches that one process has each, so that any number
 * of them may do so at once. What one that was killed had begun, the next finishes. Flat in memory.
 * @returns the run when it is over; null when there was nothing to take up, or another process goes on with it
 * @throws what ended the run; it is told as failed, and the next run tries again
 */
export async function sweepRetention(
  deps: SweepDeps,
  { runId, signal }: SweepOptions = {},
): Promise<RetentionRun | null> {
  const { db } = deps;
  const run = runId === undefined ? await takeUpAnyRun(db) : await takeUpRun(db, runId);
  if (run === null) return null;
  try {
    await expectCount(db, run, await countExpired(deps));
    const isOver =
      (await sweep(deps, run, signal, await leftBatches(deps))) &&
      (await sweepInLanes(deps, run, signal));
    if (isOver) return await conclude(db, run, null);
    await letGoOfRun(db, run);
    return null;
  } catch (error) {
    await conclude(db, run, sentenceFor(error)).catch(() => null);
    throw error;
  }
}

async function countExpired({ db, store, defaultDays }: SweepDeps): Promise<number> {
  const limits = limitsOf(await findPolicy(db, defaultDays));
  return (await summariseExpired(db, limits, limits, store.backend)).count;
}

/**
 * Several batches at a time: the database works on one while the storage works on another. False when it was told
 * to stop, or the run is another process's by now.
 */
async function sweepInLanes(
  deps: SweepDeps,
  run: RunHold,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const next = expiredBatches(deps);
  const lanes = await Promise.allSettled(
    Array.from({ length: LANES }, () => sweep(deps, run, signal, next)),
  );
  return lanes.map(valueOrThrow).every((isOver) => isOver);
}

function valueOrThrow<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
}

/** Batch after batch. */
async function sweep(
  deps: SweepDeps,
  run: RunHold,
  signal: AbortSignal | undefined,
  next: NextBatch,
): Promise<boolean> {
  for (;;) {
    if (signal?.aborted === true) return false;
    const batch = await next();
    if (batch === null) return true;
    if (!(await remove(deps, run, batch))) return false;
  }
}

/**
 * What earlier sweeps had begun and not ended, each batch once, without what is whole in it: that is under the rules
 * and holds of now.
 */
async function leftBatches(deps: SweepDeps): Promise<NextBatch> {
  const { db, store } = deps;
  const { backend } = store;
  await db.$transaction(
    (transaction) => adoptMarked(transaction, { limit: BATCH, backend }),
    PATIENT,
  );
  let afterId = NO_ID;
  return async () => {
    const batch = await takeOverBatch(db, { afterId, backend });
    if (batch === null) return null;
    afterId = batch.id;
    const whole = await findWhole(deps, batch);
    return db.$transaction((transaction) => letOut(transaction, batch, whole), PATIENT);
  };
}

/**
 * The policy is read anew for each batch, and not changed before the batch is begun: once a change is saved,
 * nothing is begun by the rules before. Whoever asks gets what is behind everything begun before: what the storage
 * kept is not tried again.
 */
function expiredBatches({ db, store: { backend }, defaultDays }: SweepDeps): NextBatch {
  let after = FROM_THE_FIRST;
  const begin = async () => {
    const batch = await db.$transaction(async (transaction) => {
      await keepHoldsOut(transaction);
      const limits = limitsOf(await findPolicy(transaction, defaultDays));
      return beginBatch(transaction, limits, { after, limit: BATCH, backend });
    }, PATIENT);
    after = batch?.recordings.at(-1) ?? after;
    return batch;
  };
  let before: Promise<unknown> = Promise.resolve();
  return () => {
    const batch = before.then(begin);
    before = batch.catch(() => null);
    return batch;
  };
}

/** False when another process has taken the run over. */
async function remove(deps: SweepDeps, run: RunHold, batch: Batch): Promise<boolean> {
  const { gone, whole, stuck, reason } = await removeObjects(deps, batch);
  return deps.db.$transaction(async (transaction) => {
    await commitHastily(transaction);
    const begun = await letOut(transaction, batch, whole);
    const deleted = await endBatch(transaction, begun, {
      gone: gone.map(({ id }) => id),
      stuck: stuck.map(({ id }) => id),
    });
    const mine = gone.filter(({ id }) => deleted.has(id));
    await recordAuditEvents(transaction, mine.map(eventOf));
    return addProgress(transaction, run, {
      deletedCount: mine.length,
      deletedBytes: mine.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      failedCount: whole.length + stuck.length,
      problem: reason === null ? null : `The storage did not delete everything: ${reason}.`,
    });
  }, PATIENT);
}

/**
 * Nobody waits for this commit to reach the disk. Should the database crash first it forgets the whole of it, and the
 * next sweep finds the batch, sees that its bytes are gone, and ends it again: rows, events and count.
 */
async function commitHastily(transaction: DatabaseOrTransaction): Promise<void> {
  await transaction.$executeRaw`SELECT set_config('synchronous_commit', 'off', true)`;
}

function eventOf({ id, filename, owner, completedAt }: ExpiredRecording): AuditEvent {
  return {
    actor: SYSTEM_ACTOR,
    client: null,
    action: "recording.delete",
    target: { type: "recording", id },
    detail: {
      ...{ filename, owner, status: "ready", cause: "retention" },
      completed_at: completedAt.toISOString(),
    },
  };
}

/** Ends the run, with one event in the audit trail. Null when another process has it. */
async function conclude(
  db: Database,
  hold: RunHold,
  problem: string | null,
): Promise<RetentionRun | null> {
  return db.$transaction(async (transaction) => {
    const run = await endRun(transaction, hold, problem);
    if (run === null) return null;
    const { id, trigger, requestedBy, deletedCount, deletedBytes, failedCount } = run;
    await recordAuditEvent(transaction, {
      actor: SYSTEM_ACTOR,
      client: null,
      action: "retention.sweep",
      detail: {
        ...{ run: id, trigger, requested_by: requestedBy, problem: run.problem },
        ...{ deleted: deletedCount, bytes: deletedBytes, failed: failedCount },
      },
    });
    return run;
  }, PATIENT);
}

function sentenceFor(error: unknown): string {
  if (isAppError(error)) return error.advice ?? error.message;
  return "Something went wrong on the server; the worker's log has the details.";
}
