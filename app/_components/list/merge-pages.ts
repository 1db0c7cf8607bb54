import type { Page } from "../api-client";

/** The keys that every list can be ordered by. */
export interface Ordered {
  readonly id: string;
  /** ISO 8601 with milliseconds in UTC, so that texts compare as times do. */
  readonly created_at: string;
}

/** Negative when the server's order has `a` before `b`. */
export type Order<T> = (a: T, b: T) => number;

export const newestFirst: Order<Ordered> = (a, b) =>
  compareTexts(b.created_at, a.created_at) || compareIds(b.id, a.id);

/**
 * A list in which its first page, or the one after the row `after`, was read again: as far down as `fresh`
 * reaches, rows that are new come in, rows that changed are replaced, rows that are gone leave. Rows that did
 * not change stay the same objects.
 */
export function mergePage<T extends Ordered>(
  list: Page<T>,
  { after, fresh }: { readonly after: T | null; readonly fresh: Page<T> },
  order: Order<T>,
): Page<T> {
  const known = new Map(list.items.map((item) => [item.id, item]));
  const read = fresh.items.map((item) => keepIfSame(known.get(item.id), item));
  const last = fresh.next === null ? undefined : read.at(-1);
  // More came in than a page holds: what lies between is unknown, so the list starts over.
  const startsOver = after === null && !read.some((item) => known.has(item.id));
  const there = new Set(read.map(({ id }) => id));
  const others = list.items.filter((item) => !startsOver && !there.has(item.id));
  const above = others.filter((item) => after !== null && order(item, after) <= 0);
  const below = others.filter((item) => last !== undefined && order(item, last) > 0);
  return {
    items: [...above, ...read, ...below],
    next: below.length === 0 ? fresh.next : list.next,
  };
}

/** The same for a list whose order only the server knows: known rows change in place, and none comes or goes. */
export function replaceKnown<T extends Ordered>(list: Page<T>, fresh: Page<T>): Page<T> {
  const known = new Map(fresh.items.map((item) => [item.id, item]));
  const items = list.items.map((item) => keepIfSame(item, known.get(item.id) ?? item));
  return { ...list, items };
}

/** A list with one more page at its end; rows that were in it already are left out. */
export function appendPage<T extends Ordered>(list: Page<T>, page: Page<T>): Page<T> {
  const known = new Set(list.items.map((item) => item.id));
  return {
    items: [...list.items, ...page.items.filter((item) => !known.has(item.id))],
    next: page.next,
  };
}

/** A list in which one row was read again, or is gone (`null`). */
export function replaceRow<T extends Ordered>(list: Page<T>, id: string, row: T | null): Page<T> {
  const items = list.items.flatMap((item) => {
    if (item.id !== id) return [item];
    return row === null ? [] : [keepIfSame(item, row)];
  });
  return { ...list, items };
}

/** Ids that are numbers: the shorter one is the smaller. All others have the same length. */
export function compareIds(a: string, b: string): number {
  return a.length - b.length || compareTexts(a, b);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function keepIfSame<T>(known: T | undefined, fresh: T): T {
  return known !== undefined && JSON.stringify(known) === JSON.stringify(fresh) ? known : fresh;
}
