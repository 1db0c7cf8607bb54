import type { Database } from "@/lib/db/database";
import type { Logger } from "@/lib/logging/logger";
import { posterKeyOf } from "@/lib/recordings/poster";
import { CLAIM_RENEWAL_MS } from "@/lib/recordings/recording-claim";
import type { RecordingStore } from "@/lib/storage/recording-store";
import { type Batch, type ExpiredRecording, giveBack, renewBatch } from "./retention-batch";

interface ObjectDeps {
  readonly db: Database;
  readonly store: RecordingStore;
  readonly log: Logger;
}

/** What became of a batch's recordings in the storage. */
export interface Removal {
  readonly gone: readonly ExpiredRecording[];
  /** Kept by the storage as they were. */
  readonly whole: readonly ExpiredRecording[];
  /** The recording is gone; something that belongs to it is not. */
  readonly stuck: readonly ExpiredRecording[];
  /** Why something is still there, in the storage's words; null when nothing is. */
  readonly reason: string | null;
}

/** Files that are looked for at the same time. */
const LOOKS = 20;

/**
 * Deletes the files and posters of a batch. @throws AppError `unavailable`; the batch is given back then
 */
export function removeObjects(deps: ObjectDeps, batch: Batch): Promise<Removal> {
  const { store } = deps;
  const { recordings } = batch;
  return whileRenewed(deps, batch, async () => {
    const objects = recordings.flatMap((recording) => [
      { key: recording.storageKey, state: recording.storageState },
      { key: posterKeyOf(recording), state: null },
    ]);
    const kept = await store.deleteMany(objects);
    const keys = new Set(kept.map(({ key }) => key));
    const ofMain = recordings.filter(({ storageKey }) => keys.has(storageKey));
    // S3 may have refused what belongs to a recording, and not the recording.
    const isThere = (recording: ExpiredRecording) => hasFile(store, recording).catch(() => true);
    const whole = new Set(await thoseThat(isThere, ofMain));
    const isStuck = (recording: ExpiredRecording) =>
      !whole.has(recording) && (keys.has(recording.storageKey) || keys.has(posterKeyOf(recording)));
    return {
      gone: recordings.filter((each) => !whole.has(each) && !isStuck(each)),
      whole: [...whole],
      stuck: recordings.filter(isStuck),
      reason: kept[0]?.reason ?? null,
    };
  });
}

/** Those whose files are there. @throws AppError `unavailable`; the batch is given back then */
export function findWhole(deps: ObjectDeps, batch: Batch): Promise<readonly ExpiredRecording[]> {
  const isThere = (recording: ExpiredRecording) => hasFile(deps.store, recording);
  return whileRenewed(deps, batch, () => thoseThat(isThere, batch.recordings));
}

async function hasFile(store: RecordingStore, { storageKey }: ExpiredRecording): Promise<boolean> {
  return (await store.stat(storageKey)) !== null;
}

async function thoseThat(
  condition: (recording: ExpiredRecording) => Promise<boolean>,
  recordings: readonly ExpiredRecording[],
): Promise<ExpiredRecording[]> {
  const found: ExpiredRecording[] = [];
  for (let at = 0; at < recordings.length; at += LOOKS) {
    const lot = recordings.slice(at, at + LOOKS);
    const answers = await Promise.all(lot.map(condition));
    found.push(...lot.filter((_, index) => answers[index] === true));
  }
  return found;
}

/** Does the work while the batch is kept from running out; gives it back when the work fails. */
async function whileRenewed<T>(
  { db, log }: ObjectDeps,
  batch: Batch,
  work: () => Promise<T>,
): Promise<T> {
  const timer = setInterval(
    () =>
      void renewBatch(db, batch).catch((err: unknown) => log.warn({ err }, "batch not renewed")),
    CLAIM_RENEWAL_MS,
  );
  try {
    return await work();
  } catch (error) {
    await giveBack(db, batch).catch(() => undefined);
    throw error;
  } finally {
    clearInterval(timer);
  }
}
