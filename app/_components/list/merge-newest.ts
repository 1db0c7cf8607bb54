import type { Page } from "../api-client";

/** The keys every list is ordered by: newest first, then id. */
export interface Ordered {
  readonly id: string;
  /** ISO 8601 with milliseconds in UTC, so that texts compare as times do. */
  readonly created_at: string;
}

/**
 * A list whose first page was read again: rows that are new come in, rows that changed are
 * replaced, rows that are gone leave. Rows that did not change stay the same objects.
 */
export function mergeNewest<T extends Ordered>(list: Page<T>, fresh: Page<T>): Page<T> {
  const known = new Map(list.items.map((item) => [item.id, item]));
  const items = fresh.items.map((item) => keepIfSame(known.get(item.id), item));
  const last = items.at(-1);
  if (fresh.next === null || last === undefined) return { items, next: fresh.next };
  // More came in than a page holds: what lies between is unknown, so the list starts over.
  if (!items.some((item) => known.has(item.id))) return { items, next: fresh.next };
  const older = list.items.filter((item) => isOlder(item, last));
  return { items: [...items, ...older], next: older.length === 0 ? fresh.next : list.next };
}

/**
 * The same for a list in another order, which says nothing of where new rows belong: those that are known
 * change in place, and what is new comes with the next visit.
 */
export function replaceKnown<T extends Ordered>(list: Page<T>, fresh: Page<T>): Page<T> {
  const known = new Map(fresh.items.map((item) => [item.id, item]));
  const items = list.items.map((item) => keepIfSame(item, known.get(item.id) ?? item));
  return { ...list, items };
}

/**
 * A list in which the rows after `after` were read again, as far down as `fresh` reaches: they change in
 * place, and those that are gone leave.
 */
export function mergeBelow<T extends Ordered>(list: Page<T>, after: T, fresh: Page<T>): Page<T> {
  const there = new Set(fresh.items.map(({ id }) => id));
  const last = fresh.items.at(-1);
  const wasRead = (item: T) =>
    isOlder(item, after) && (fresh.next === null || (last !== undefined && !isOlder(item, last)));
  const { items, next } = replaceKnown(list, fresh);
  return { items: items.filter((item) => there.has(item.id) || !wasRead(item)), next };
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

function isOlder(item: Ordered, than: Ordered): boolean {
  if (item.created_at !== than.created_at) return item.created_at < than.created_at;
  // Ids that are numbers: the shorter one is the smaller. All others have the same length.
  if (item.id.length !== than.id.length) return item.id.length < than.id.length;
  return item.id < than.id;
}

function keepIfSame<T>(known: T | undefined, fresh: T): T {
  return known !== undefined && JSON.stringify(known) === JSON.stringify(fresh) ? known : fresh;
}
