import { encodeCursor, type PagePosition } from "@/lib/http/pagination";
import type { Page } from "../api-client";

export const LIST_PAGE_SIZE = 50;

/** The address of a list's first page in the API, with the filters that are on. */
export function listPath(path: string, filters: Readonly<Record<string, string>> = {}): string {
  const params = new URLSearchParams({ limit: String(LIST_PAGE_SIZE) });
  for (const [name, value] of Object.entries(filters)) {
    if (value !== "") params.set(name, value);
  }
  return `${path}?${params.toString()}`;
}

/** The first page of a list in the shape that the API answers, for the first paint. */
export function firstPage<Row, Item>(
  path: string,
  rows: readonly Row[],
  next: PagePosition | null,
  toItem: (row: Row) => Item,
): Page<Item> {
  return pageOf(path, rows.map(toItem), next === null ? null : encodeCursor(next));
}

/** The same for a list with cursors of its own. */
export function pageOf<Item>(
  path: string,
  items: readonly Item[],
  cursor: string | null,
): Page<Item> {
  return { items, next: cursor === null ? null : `${path}&cursor=${cursor}` };
}
