import { recordAuditEvent, SYSTEM_ACTOR } from "@/lib/audit/record-audit-event";
import type { Database } from "@/lib/db/database";
import { withLease } from "@/lib/db/lease";
import type { Logger } from "@/lib/logging/logger";
import type { RecordingStore } from "@/lib/storage/recording-store";
import { type Finding, FINDING_KINDS, type FindingKind, REMEDY } from "./reconcile-finding";
import { inspect } from "./reconcile-inspect";
import { inBatches, joinByKey, type Pair } from "./reconcile-join";
import { repair } from "./reconcile-repair";
import { findRows, rowsByKey } from "./reconcile-rows";

export interface ReconcileDeps {
  readonly db: Database;
  readonly store: RecordingStore;
  readonly log: Logger;
  readonly now: () => Date;
}

export interface ReconcileOptions {
  /** Whether to repair what can be repaired without losing anything. */
  readonly apply: boolean;
  /** Ends the comparison after the batch at hand, with an error: half of one tells nothing. */
  readonly signal?: AbortSignal;
  /** Hears of each finding as it is made. There may be any number. */
  readonly onFinding: (finding: Finding, isRepaired: boolean) => void;
}

export interface ReconcileSummary {
  readonly recordings: number;
  readonly items: number;
  readonly found: Readonly<Record<FindingKind, number>>;
  readonly repaired: number;
  /** Findings that only a person can act on. */
  readonly forPerson: number;
}

/** What nobody has touched for so long and no row names is nobody's: later than any request still under way. */
export const SETTLED_AFTER_MS = 7 * 24 * 60 * 60 * 1000;

const LEASE = "reconcile-storage";
const BATCH = 1_000;
const AT_ONCE = 16;

/**
 * Compares what the storage holds with what the database says, both ways, as a stream: flat in memory
 * however many there are. Any number of processes may call it; one at a time does it. Notes what it found
 * in the audit trail.
 *
 * Removes nothing but remnants: never a finished file, never what a row names, and never anything because
 * something else is missing.
 * @returns null when another process is at it
 * @throws AppError `unavailable` when the storage is away; what was repaired by then stays so
 */
export async function reconcileStorage(
  deps: ReconcileDeps,
  options: ReconcileOptions,
): Promise<ReconcileSummary | null> {
  return withLease(deps.db, LEASE, async (keep) => {
    const summary = emptySummary();
    const pairs = joinByKey(deps.store.list(), rowsByKey(deps.db));
    for await (const batch of inBatches(pairs, BATCH)) {
      await reconcileBatch(deps, options, batch, summary);
      await keep();
      options.signal?.throwIfAborted();
    }
    await noteInAuditTrail(deps, options, summary);
    return summary;
  });
}

type Counting = { -readonly [K in keyof ReconcileSummary]: ReconcileSummary[K] } & {
  found: Record<FindingKind, number>;
};

function emptySummary(): Counting {
  const found = Object.fromEntries(FINDING_KINDS.map((kind) => [kind, 0]));
  return {
    ...{ recordings: 0, items: 0, repaired: 0, forPerson: 0 },
    found: found as Record<FindingKind, number>,
  };
}

async function reconcileBatch(
  deps: ReconcileDeps,
  options: ReconcileOptions,
  batch: readonly Pair[],
  summary: Counting,
): Promise<void> {
  const settledBefore = new Date(deps.now().getTime() - SETTLED_AFTER_MS);
  const lonely = batch.filter(({ row }) => row === null).map(({ key }) => key);
  const rows = await findRows(deps.db, lonely);
  for (let at = 0; at < batch.length; at += AT_ONCE) {
    const pairs = batch.slice(at, at + AT_ONCE);
    const found = await Promise.all(
      pairs.map(({ row, ...pair }) =>
        inspect({ ...deps, settledBefore }, { ...pair, row: row ?? rows.get(pair.key) ?? null }),
      ),
    );
    for (const finding of found.flat()) await conclude(deps, options, finding, summary);
  }
  summary.recordings += batch.filter(({ row }) => row !== null).length;
  summary.items += batch.reduce((sum, { items }) => sum + items.length, 0);
}

async function conclude(
  deps: ReconcileDeps,
  { apply, onFinding }: ReconcileOptions,
  finding: Finding,
  summary: Counting,
): Promise<void> {
  const isRepaired = apply && (await repair(deps, finding));
  summary.found[finding.kind] += 1;
  if (isRepaired) summary.repaired += 1;
  if (REMEDY[finding.kind] === "person") summary.forPerson += 1;
  onFinding(finding, isRepaired);
}

async function noteInAuditTrail(
  { db }: ReconcileDeps,
  { apply }: ReconcileOptions,
  { recordings, items, found, repaired }: ReconcileSummary,
): Promise<void> {
  const present = Object.entries(found).filter(([, count]) => count > 0);
  await recordAuditEvent(db, {
    actor: SYSTEM_ACTOR,
    client: null,
    action: "storage.reconcile",
    detail: { apply, recordings, items, repaired, ...Object.fromEntries(present) },
  });
}
