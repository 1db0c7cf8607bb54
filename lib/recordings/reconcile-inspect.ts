import type { DatabaseOrTransaction } from "@/lib/db/database";
import type { RecordingStore, Remnant, StoredItem } from "@/lib/storage/recording-store";
import { posterKeyOf } from "./poster";
import type { Finding } from "./reconcile-finding";
import type { Pair } from "./reconcile-join";
import { findRow, type StorageRow } from "./reconcile-rows";

export interface InspectDeps {
  readonly db: DatabaseOrTransaction;
  readonly store: RecordingStore;
  /** Remnants younger than this may be somebody's who is still at work. */
  readonly settledBefore: Date;
}

/**
 * What is wrong under one key. What a listing and a batch of rows suggest is asked again of both, since
 * recordings come and go meanwhile: a finding was true at one moment for database and storage together.
 */
export async function inspect(deps: InspectDeps, { key, row, items }: Pair): Promise<Finding[]> {
  const { debris, foreign, rest } = sorted(deps, items);
  const known = row ?? (rest.length > 0 ? await findRow(deps.db, key) : null);
  if (known !== null) return [...(await inspectRecording(deps, known, rest)), ...debris];
  return [...(await inspectOrphan(deps, key, rest)), ...debris, ...foreign];
}

/** Apart: what belongs to no recording, and what is as good as gone, whoever's it was. */
function sorted({ settledBefore }: InspectDeps, items: readonly StoredItem[]) {
  const debris: Finding[] = [];
  const foreign: Finding[] = [];
  const rest: StoredItem[] = [];
  for (const item of items) {
    if (item.form === "foreign") foreign.push({ kind: "foreign", ...named(item) });
    else if (item.form !== "temporary" && item.form !== "probe") rest.push(item);
    else if (item.modifiedAt < settledBefore) debris.push({ kind: "debris", remnant: item });
  }
  return { debris, foreign, rest };
}

function named({ name, sizeBytes }: StoredItem) {
  return { name, sizeBytes };
}

async function inspectOrphan(
  { db, store }: InspectDeps,
  key: string,
  items: readonly StoredItem[],
): Promise<Finding[]> {
  const there: StoredItem[] = [];
  for (const item of items) if (await store.holds(item)) there.push(item);
  // Deleted since it was listed, or begun since the rows were read.
  if (there.length === 0 || (await findRow(db, key)) !== null) return [];
  const sizeBytes = there.reduce((sum, item) => sum + (item.sizeBytes ?? 0), 0);
  const modifiedAt = new Date(Math.max(...there.map((item) => item.modifiedAt.getTime())));
  return [{ kind: "orphan", key, items: there.length, sizeBytes, modifiedAt }];
}

async function inspectRecording(
  deps: InspectDeps,
  row: StorageRow,
  items: readonly StoredItem[],
): Promise<Finding[]> {
  const { id: recordingId, key, backend } = row;
  if (backend !== deps.store.backend) {
    return [{ kind: "other_storage", recordingId, key, backend }];
  }
  // Given up, and its user told: nothing more can be said.
  if (row.status === "failed" && row.failReason === "storage_lost") return [];
  const looks = row.status === "ready" ? lookAtFile(deps.store, items) : lookAtLive(deps.store);
  const problem = await confirmed(deps.db, row, looks);
  const poster = await confirmed(deps.db, row, lookAtPoster(deps.store, items));
  // Where bytes are missing, nothing is left over: it may be all there is.
  const leftovers = problem === null ? leftoversOf(deps, row, items) : [];
  return [
    ...(problem === null ? [] : [problem]),
    ...(poster === null ? [] : [poster]),
    ...leftovers,
  ];
}

type Look = (row: StorageRow) => Promise<Finding | null>;

/** What is found of a row that stays the same meanwhile and is in nobody's hands. */
async function confirmed(
  db: DatabaseOrTransaction,
  row: StorageRow,
  look: Look,
): Promise<Finding | null> {
  for (let current = row; ;) {
    const finding = await look(current);
    if (finding === null) return null;
    const now = await findRow(db, row.key);
    if (now === null || now.isClaimed) return null;
    if (now.version === current.version) return finding;
    current = now;
  }
}

function lookAtFile(store: RecordingStore, items: readonly StoredItem[]): Look {
  return async ({ id: recordingId, key, status, sizeBytes: rowBytes }) => {
    if (status !== "ready") return null;
    const listed = items.find((item) => item.form === "finished" && item.key === key);
    if (listed?.sizeBytes === rowBytes) return null;
    const file = await store.stat(key);
    if (file === null) {
      const hasRemnants = items.some((item) => item.form === "unfinished");
      return { kind: "file_missing", recordingId, key, hasRemnants };
    }
    const fileBytes = file.sizeBytes;
    if (fileBytes === rowBytes) return null;
    return { kind: "size_differs", recordingId, key, rowBytes, fileBytes };
  };
}

function lookAtLive(store: RecordingStore): Look {
  return async ({ id: recordingId, key, status, state, sizeBytes, uploadOffset }) => {
    // What never had a byte can lack none.
    if (status === "ready" || uploadOffset === 0) return null;
    if (await store.hasLive({ key, state }, sizeBytes)) return null;
    return { kind: "bytes_missing", recordingId, key, status };
  };
}

function lookAtPoster(store: RecordingStore, items: readonly StoredItem[]): Look {
  return async ({ id: recordingId, key: storageKey, hasPoster }) => {
    const key = posterKeyOf({ storageKey });
    const isListed = items.some((item) => item.form === "finished" && item.key === key);
    if (isListed === hasPoster) return null;
    const isThere = (await store.stat(key)) !== null;
    if (isThere === hasPoster) return null;
    return { kind: hasPoster ? "poster_missing" : "poster_unnamed", recordingId, key };
  };
}

function leftoversOf(
  { store, settledBefore }: InspectDeps,
  row: StorageRow,
  items: readonly StoredItem[],
): Finding[] {
  return items.flatMap((remnant) => {
    if (remnant.form !== "unfinished" && remnant.form !== "upload") return [];
    if (remnant.modifiedAt >= settledBefore || isNeeded(store, row, remnant)) return [];
    return [{ kind: "leftover" as const, recordingId: row.id, remnant }];
  });
}

/** Whether the recording, as its row has it, consists of this. A finished one is its file and nothing else. */
export function isNeeded(
  store: RecordingStore,
  { status, key, state }: Pick<StorageRow, "status" | "key" | "state">,
  remnant: Remnant,
): boolean {
  return status !== "ready" && store.needs({ key, state }, remnant);
}
