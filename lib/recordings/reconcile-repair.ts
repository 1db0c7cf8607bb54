import type { DatabaseOrTransaction } from "@/lib/db/database";
import { assertNever } from "@/lib/errors/assert-never";
import type { Logger } from "@/lib/logging/logger";
import type { RecordingStore, Remnant } from "@/lib/storage/recording-store";
import { ClaimHolder } from "./claim-holder";
import type { Finding } from "./reconcile-finding";
import { isNeeded } from "./reconcile-inspect";
import { findRow } from "./reconcile-rows";
import { claimAsItIs } from "./recording-claim";
import { findRecording } from "./recording-repository";

export interface RepairDeps {
  readonly db: DatabaseOrTransaction;
  readonly store: RecordingStore;
  readonly log: Logger;
}

/** Puts one finding right where nothing can be lost by it. Tells whether it did; the rest is for a person. */
export async function repair(deps: RepairDeps, finding: Finding): Promise<boolean> {
  switch (finding.kind) {
    case "leftover":
      return removeLeftover(deps, finding.recordingId, finding.remnant);
    case "debris":
      return deps.store.removeRemnant(finding.remnant);
    case "poster_unnamed":
      return namePoster(deps, finding.recordingId);
    case "file_missing":
    case "size_differs":
    case "bytes_missing":
    case "other_storage":
    case "poster_missing":
    case "orphan":
    case "foreign":
      return false;
    default:
      return assertNever(finding);
  }
}

/** Under the recording's claim, and only when the row, read under it, still does not need the remnant. */
async function removeLeftover(
  { db, store, log }: RepairDeps,
  recordingId: string,
  remnant: Remnant,
): Promise<boolean> {
  const seen = await findRecording(db, recordingId);
  // Not even what it does not need, as long as somebody may have to look at everything.
  if (seen === null || seen.isHeld) return false;
  const claim = await claimAsItIs(db, recordingId);
  if (claim === null) return false;
  const holder = new ClaimHolder(db, claim);
  try {
    return await holder.keepDuring(async () => {
      const row = await findRow(db, claim.storageKey);
      if (row === null || isNeeded(store, row, remnant)) return false;
      if (row.status === "ready") {
        const file = await store.stat(row.key);
        if (file?.sizeBytes !== row.sizeBytes) return false;
      }
      await holder.keep();
      return store.removeRemnant(remnant);
    });
  } finally {
    await holder.release().catch((err: unknown) => log.warn({ err }, "claim not released"));
  }
}

/** Ends what a process began that died between storing the picture and telling the row. */
async function namePoster({ db }: RepairDeps, recordingId: string): Promise<boolean> {
  const { count } = await db.recording.updateMany({
    where: { id: recordingId, hasPoster: false },
    data: { hasPoster: true },
  });
  return count === 1;
}
