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
import { posterKeyOf } from "@/lib/recordings/poster";
import { CLAIM_RENEWAL_MS } from "@/lib/recordings/recording-claim";
import type { NotDeleted, RecordingStore } from "@/lib/storage/recording-store";
import {
  claimBegun,
  type ClaimedBatch,
  claimExpired,
  deleteRowsOf,
  type ExpiredRecording,
  type Position,
  releaseFrom,
  renewBatch,
  summariseExpired,
} from "./expired-recordings";
import { findPolicy } from "./policy-repository";
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
const FROM_THE_FIRST: Position = {
  completedAt: new Date(0),
  id: "00000000-0000-0000-0000-000000000000",
};

/**
 * Deletes what is past its retention: objects before rows, in batches that are claimed, so that any number of
 * processes may do so at once. What one that was killed had begun, the next finishes. Flat in memory.
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
      (await sweep(deps, run, signal, (after) => nextBegun(deps, after))) &&
      (await sweep(deps, run, signal, (after) => nextExpired(deps, after)));
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
async function sweep(...of: Parameters<typeof sweepInTurn>): Promise<boolean> {
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, () => sweepInTurn(...of)));
  return lanes.map(valueOrThrow).every((isOver) => isOver);
}

function valueOrThrow<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
}

/** Batch after batch. */
async function sweepInTurn(
  deps: SweepDeps,
  run: RunHold,
  signal: AbortSignal | undefined,
  next: (after: Position) => Promise<ClaimedBatch>,
): Promise<boolean> {
  for (let after = FROM_THE_FIRST; ;) {
    if (signal?.aborted === true) return false;
    const batch = await next(after);
    if (batch.recordings.length === 0) return true;
    if (!(await remove(deps, run, batch))) return false;
    after = batch.recordings.reduce((last, each) => (isBehind(each, last) ? each : last), after);
  }
}

function isBehind(one: Position, other: Position): boolean {
  const difference = one.completedAt.getTime() - other.completedAt.getTime();
  return difference > 0 || (difference === 0 && one.id > other.id);
}

/**
 * The policy is read anew for each batch, and not changed before the batch is claimed: once a change is saved,
 * nothing is begun by the rules before.
 */
async function nextExpired(
  { db, store, defaultDays }: SweepDeps,
  after: Position,
): Promise<ClaimedBatch> {
  return db.$transaction(async (transaction) => {
    await keepHoldsOut(transaction);
    const limits = limitsOf(await findPolicy(transaction, defaultDays));
    return claimExpired(transaction, limits, { after, limit: BATCH, backend: store.backend });
  }, PATIENT);
}

function nextBegun({ db, store }: SweepDeps, after: Position): Promise<ClaimedBatch> {
  return claimBegun(db, { after, limit: BATCH, backend: store.backend });
}

/** False when another process has taken the run over. */
async function remove(deps: SweepDeps, run: RunHold, batch: ClaimedBatch): Promise<boolean> {
  const kept = await removeObjects(deps, batch);
  const gone = batch.recordings.filter(
    (recording) => !keysOf(recording).some((key) => kept.has(key)),
  );
  const stuck = batch.recordings.filter((recording) => !gone.includes(recording));
  const [reason] = kept.values();
  return deps.db.$transaction(async (transaction) => {
    const deleted = await deleteRowsOf(
      transaction,
      batch,
      gone.map(({ id }) => id),
    );
    const mine = gone.filter(({ id }) => deleted.has(id));
    await recordAuditEvents(transaction, mine.map(eventOf));
    await giveBack(transaction, batch, stuck);
    const isOurs = await addProgress(transaction, run, {
      deletedCount: mine.length,
      deletedBytes: mine.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      failedCount: stuck.length,
      problem: reason === undefined ? null : `The storage did not delete everything: ${reason}.`,
    });
    return isOurs;
  }, PATIENT);
}

/** Returns the keys of what is still there, with the reasons. */
async function removeObjects(
  { db, store, log }: SweepDeps,
  batch: ClaimedBatch,
): Promise<ReadonlyMap<string, string>> {
  const objects = batch.recordings.flatMap((recording) => [
    { key: recording.storageKey, state: recording.storageState },
    { key: posterKeyOf(recording), state: null },
  ]);
  const timer = setInterval(
    () =>
      void renewBatch(db, batch).catch((err: unknown) => log.warn({ err }, "batch not renewed")),
    CLAIM_RENEWAL_MS,
  );
  try {
    const kept: readonly NotDeleted[] = await store.deleteMany(objects);
    return new Map(kept.map(({ key, reason }) => [key, reason]));
  } catch (error) {
    await giveBack(db, batch, batch.recordings).catch(() => undefined);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** Claims that are not given back run out by themselves. */
async function giveBack(
  db: DatabaseOrTransaction,
  batch: ClaimedBatch,
  recordings: readonly ExpiredRecording[],
): Promise<void> {
  const ids = recordings.map(({ id }) => id);
  if (ids.length > 0) await releaseFrom(db, batch, ids);
}

function keysOf(recording: ExpiredRecording): readonly string[] {
  return [recording.storageKey, posterKeyOf(recording)];
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
