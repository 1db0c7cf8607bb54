import type { z } from "zod";
import { isGone, type Page, readApi, readPage } from "../api-client";
import {
  mergePage,
  newestFirst,
  type Order,
  type Ordered,
  replaceKnown,
  replaceRow,
} from "./merge-pages";

/** Rows below the first page are read one by one, so not too many of them. */
const MOST_SINGLE_READS = 10;

/** Where a list's rows come from, and how they change. */
export interface ListSource<T extends Ordered> {
  /** The first page's address in the API, filters included: another address is another list. */
  readonly path: string;
  readonly schema: z.ZodType<T>;
  /** Address of one row in the API. */
  readonly rowPath: (id: string) => string;
  /** Whether a row still changes by itself, so that it is read again each time. */
  readonly isLive: (row: T) => boolean;
  /** False where nothing is ever done to a row: those below the first page are then not read again. */
  readonly rowsChange?: boolean;
  /** The newest come first unless said otherwise; null where only the server knows, so that no row comes in. */
  readonly order?: Order<T> | null;
}

/** The page below the first whose turn it is to be read again. */
export interface Turn<T> {
  /** The first page of its list. */
  readonly of: string;
  readonly path: string;
  /** The last row above it. */
  readonly after: T;
  readonly rowsAbove: number;
}

export interface Changes<T> {
  /** How the list changes. */
  readonly update: (before: Page<T>) => Page<T>;
  /** Null when the next turn begins below the first page. */
  readonly next: Turn<T> | null;
}

/**
 * Reads the first page again, the live rows that it does not show, and one more page of what is loaded, each
 * time the one below: so every row is read again in turn, and a long list asks for no more than a short one.
 */
export async function readChanges<T extends Ordered>(
  source: ListSource<T>,
  list: Page<T>,
  turn: Turn<T> | null,
  signal: AbortSignal,
): Promise<Changes<T>> {
  const { path, schema, isLive, rowsChange = true, order = newestFirst } = source;
  const fresh = await readPage(path, schema, { signal });
  const seen = new Set(fresh.items.map(({ id }) => id));
  const live = list.items.filter((row) => isLive(row) && !seen.has(row.id));
  const next = turn?.of === path ? turn : turnAfter(fresh, { of: path, rowsAbove: 0 }, list);
  const below = rowsChange ? next : null;
  const [singles, deeper] = await Promise.all([
    readRows(source, live.slice(0, MOST_SINGLE_READS), signal),
    below && readPage(below.path, schema, { signal }),
  ]);
  const merge = (list: Page<T>, after: T | null, page: Page<T>) =>
    order === null ? replaceKnown(list, page) : mergePage(list, { after, fresh: page }, order);
  return {
    update: (before) => {
      const top = merge(before, null, fresh);
      const whole = singles.reduce((merged, { id, row }) => replaceRow(merged, id, row), top);
      return below === null || deeper === null ? whole : merge(whole, below.after, deeper);
    },
    next: below && deeper && turnAfter(deeper, below, list),
  };
}

/** The turn after a page was read, below `rowsAbove` others; null when nothing of the list is below it. */
function turnAfter<T>(
  { items, next }: Page<T>,
  { of, rowsAbove }: Pick<Turn<T>, "of" | "rowsAbove">,
  list: Page<T>,
): Turn<T> | null {
  const after = items.at(-1);
  const rows = rowsAbove + items.length;
  if (next === null || after === undefined || rows >= list.items.length) return null;
  return { of, path: next, after, rowsAbove: rows };
}

function readRows<T extends Ordered>(
  { schema, rowPath }: ListSource<T>,
  rows: readonly T[],
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly row: T | null }[]> {
  return Promise.all(
    rows.map(async ({ id }) => ({ id, row: await readRow(rowPath(id), schema, signal) })),
  );
}

/** One row; null when it is gone. */
export async function readRow<T>(
  path: string,
  schema: z.ZodType<T>,
  signal?: AbortSignal,
): Promise<T | null> {
  try {
    return await readApi(path, schema, signal === undefined ? {} : { signal });
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}
