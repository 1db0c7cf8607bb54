import type { Reach } from "@/lib/auth/permissions";
import { type DatabaseOrTransaction, Prisma } from "@/lib/db/database";
import {
  allOf,
  conditionsOf,
  type HeldThings,
  type RecordingFilters,
} from "./recording-conditions";
import { beyondPosition, type ListPosition, orderBy } from "./recording-order";
import { findRecordingsById, type Recording } from "./recording-repository";
import type { RecordingSort } from "./recording-schema";
import { prepareSearch, type RecordingSearch } from "./recording-search";

export interface ListQuery {
  readonly within: Reach;
  readonly filters: RecordingFilters;
  readonly sort: RecordingSort;
  /** The last row of the page before. */
  readonly after: ListPosition | undefined;
  readonly limit: number;
}

/** A text that more have is never looked up in its index: that would read as much as it finds. */
const COMMON_SHARE = 1 / 10;
/** How many times as far as expected the newest, largest… rows are searched before the index is asked. */
const PATIENCE = 2;

export interface Listed {
  readonly recordings: readonly Recording[];
  readonly hasMore: boolean;
}

/**
 * One page of a list. Finds the ids first, out of indexes alone where there is no text, and reads only those
 * rows. Why each query is written as it is: docs/decisions/0052.
 */
export async function findListed(db: DatabaseOrTransaction, query: ListQuery): Promise<Listed> {
  const { limit } = query;
  const ids = await findListedIds(db, { ...query, limit: limit + 1 });
  const found = await findRecordingsById(db, ids.slice(0, limit));
  const byId = new Map(found.map((recording) => [recording.id, recording]));
  const recordings = ids.flatMap((id) => byId.get(id) ?? []);
  // All deleted between the two reads: what comes after them is looked for again.
  if (recordings.length === 0 && ids.length > 0) return findListed(db, query);
  return { recordings, hasMore: ids.length > limit };
}

async function findListedIds(
  db: DatabaseOrTransaction,
  query: ListQuery,
): Promise<readonly string[]> {
  const { within, filters, sort, after, limit } = query;
  const held = filters.flags?.includes("held") ? await findHeldThings(db) : NOTHING_HELD;
  const conditions = conditionsOf(within, filters, held);
  if (after !== undefined) conditions.push(beyondPosition(sort, after));
  const search = await prepareSearch(db, filters.text ?? "");
  if (search === null) return selectIds(db, query, ALL, conditions);
  // Whichever reads fewer rows: all that have the text, or the first of the order until a page of them has it.
  const { matches, share } = search;
  if (matches * share < limit) return findMatches(db, query, conditions, search);
  return findCommon(db, query, conditions, search);
}

const NOTHING_HELD: HeldThings = { recordingIds: [], sessionIds: [], userIds: [] };

/** Holds are few: each is placed by a person. */
async function findHeldThings(db: DatabaseOrTransaction): Promise<HeldThings> {
  const holds = await db.legalHold.findMany({
    where: { liftedAt: null },
    select: { recordingId: true, sessionId: true, userId: true },
  });
  return {
    recordingIds: holds.flatMap(({ recordingId }) => recordingId ?? []),
    sessionIds: holds.flatMap(({ sessionId }) => sessionId ?? []),
    userIds: holds.flatMap(({ userId }) => userId ?? []),
  };
}

const ALL = Prisma.sql`"recordings"`;

/**
 * Rows with a text that many have: as a rule the first rows of the order hold a page of them. Statistics do
 * not know where in the order the matches are, so the walk is bounded: a text that only old recordings have
 * is then found by its index.
 */
async function findCommon(
  db: DatabaseOrTransaction,
  query: ListQuery,
  conditions: readonly Prisma.Sql[],
  search: RecordingSearch,
): Promise<readonly string[]> {
  const { conditions: words, share } = search;
  const reach = Math.ceil((PATIENCE * query.limit) / share);
  const near = await walk(db, query, { conditions, words, reach });
  if (near.ids.length === query.limit || near.isWhole) return near.ids;
  if (share > COMMON_SHARE) return selectIds(db, query, ALL, [...conditions, ...words]);
  return findMatches(db, query, conditions, search);
}

/** Rows with a text out of its index alone: OFFSET 0 keeps the planner from walking without a bound. */
function findMatches(
  db: DatabaseOrTransaction,
  query: ListQuery,
  conditions: readonly Prisma.Sql[],
  { conditions: words }: RecordingSearch,
): Promise<readonly string[]> {
  const matches = Prisma.sql`(SELECT * FROM "recordings" WHERE ${allOf(words)} OFFSET 0) AS "matches"`;
  return selectIds(db, query, matches, conditions);
}

interface Walk {
  readonly conditions: readonly Prisma.Sql[];
  readonly words: readonly Prisma.Sql[];
  /** How many rows to look at. */
  readonly reach: number;
}

/**
 * A page of the matches among the first rows of the order. `isWhole` tells that no row comes after those: the
 * row at the end of the reach is found as well, match or not, so that nobody has to count them.
 */
async function walk(
  db: DatabaseOrTransaction,
  { sort, limit }: ListQuery,
  { conditions, words, reach }: Walk,
): Promise<{ readonly ids: readonly string[]; readonly isWhole: boolean }> {
  const order = orderBy(sort);
  const rows = await db.$queryRaw<{ id: string; matches: boolean; place: number }[]>`
    SELECT "id", (${allOf(words)}) AS "matches", "place"::int
      FROM (SELECT *, row_number() OVER (${order}) AS "place"
              FROM "recordings" WHERE ${allOf(conditions)} ${order} LIMIT ${reach}) AS "first"
     WHERE (${allOf(words)}) OR "place" = ${reach} ${order} LIMIT ${limit}`;
  const ids = rows.filter(({ matches }) => matches).map(({ id }) => id);
  return { ids, isWhole: rows.at(-1)?.place !== reach };
}

async function selectIds(
  db: DatabaseOrTransaction,
  { sort, limit }: ListQuery,
  from: Prisma.Sql,
  conditions: readonly Prisma.Sql[],
): Promise<readonly string[]> {
  // Not as text: the order would be by that text, and no index has it.
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM ${from} WHERE ${allOf(conditions)} ${orderBy(sort)} LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}
