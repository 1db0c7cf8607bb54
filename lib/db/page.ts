/** Pages of lists that are ordered by creation time, then id: stable however many rows come or go meanwhile. */

/** The last row of a page, by the keys of the order. */
export interface PagePosition {
  readonly createdAt: Date;
  readonly id: string;
}

type Direction = "asc" | "desc";

/** The condition for rows beyond `after`, or none. */
export function beyond(after: PagePosition | undefined, direction: Direction) {
  if (after === undefined) return {};
  const { createdAt, id } = after;
  // The first condition says nothing new, but is what PostgreSQL can start its index scan from.
  return direction === "desc"
    ? { createdAt: { lte: createdAt }, OR: [{ createdAt: { lt: createdAt } }, { id: { lt: id } }] }
    : { createdAt: { gte: createdAt }, OR: [{ createdAt: { gt: createdAt } }, { id: { gt: id } }] };
}

/** The order that `beyond` means. */
export function inOrder(direction: Direction) {
  return [{ createdAt: direction }, { id: direction }];
}

/**
 * The page out of `limit + 1` rows, of which the extra one only tells that there is more; `next` is where
 * the next page begins, null when this is the last.
 */
export function toPage<Row extends PagePosition>(rows: readonly Row[], limit: number) {
  const page = rows.slice(0, limit);
  return { rows: page, next: rows.length > limit ? (page.at(-1) ?? null) : null };
}
