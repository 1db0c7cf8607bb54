import type { StoredItem } from "@/lib/storage/recording-store";
import { recordingKeyOf } from "./poster";
import type { StorageRow } from "./reconcile-rows";

/** What the storage and the database have under one recording's key. */
export interface Pair {
  readonly key: string;
  readonly row: StorageRow | null;
  readonly items: readonly StoredItem[];
}

interface Group {
  readonly key: string;
  readonly items: StoredItem[];
}

/**
 * Brings items and rows together by key, holding no more than one key's items. Both are to come in the order
 * of their keys; where one of them does not, a pair may come apart, so ask again for the other half.
 */
export async function* joinByKey(
  items: AsyncIterable<StoredItem>,
  rows: AsyncIterable<StorageRow>,
): AsyncGenerator<Pair> {
  const rest = rows[Symbol.asyncIterator]();
  const nextRow = async () => {
    const next = await rest.next();
    return next.done === true ? null : next.value;
  };
  let row = await nextRow();
  for await (const { key, items: found } of groupsOf(items)) {
    for (; row !== null && row.key < key; row = await nextRow()) {
      yield { key: row.key, row, items: [] };
    }
    if (row?.key === key) {
      yield { key, row, items: found };
      row = await nextRow();
    } else {
      yield { key, row: null, items: found };
    }
  }
  for (; row !== null; row = await nextRow()) yield { key: row.key, row, items: [] };
}

/** Items of one recording that come one after the other. */
async function* groupsOf(items: AsyncIterable<StoredItem>): AsyncGenerator<Group> {
  let group: Group = { key: "", items: [] };
  for await (const item of items) {
    const key = keyOf(item);
    if (key !== group.key) {
      if (group.items.length > 0) yield group;
      group = { key, items: [] };
    }
    group.items.push(item);
  }
  if (group.items.length > 0) yield group;
}

/** The recording's key; the name of what belongs to no recording. */
function keyOf(item: StoredItem): string {
  return item.form === "foreign" || item.form === "probe" ? item.name : recordingKeyOf(item.key);
}

/** The same elements, so many at a time. */
export async function* inBatches<T>(
  elements: AsyncIterable<T>,
  size: number,
): AsyncGenerator<readonly T[]> {
  let batch: T[] = [];
  for await (const element of elements) {
    batch.push(element);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
