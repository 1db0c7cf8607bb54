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

/** A text that fewer than one recording in five hundred has is found through its index. */
const RARE_SHARE = 1 / 500;
/** A text that more have is never looked up in its index: that would read as much as it finds. */
const COMMON_SHARE = 1 / 10;
/** How much further than expected the newest, largest… rows are searched before the index is asked. */
const PATIENCE = 4;

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
  const { within, filters, sort, after } = query;
  const held = filters.flags?.includes("held") ? await findHeldThings(db) : NOTHING_HELD;
  const conditions = conditionsOf(within, filters, held);
  if (after !== undefined) conditions.push(beyondPosition(sort, after));
  const search = await prepareSearch(db, filters.text ?? "");
  if (search === null) return selectIds(db, query, ALL, conditions);
  if (search.share < RARE_SHARE) {
    return selectIds(db, query, ALL, [...conditions, ...search.conditions]);
  }
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
  { conditions: words, share }: RecordingSearch,
): Promise<readonly string[]> {
  const reach = Math.ceil((PATIENCE * query.limit) / share);
  const first = Prisma.sql`SELECT * FROM "recordings" WHERE ${allOf(conditions)} ${orderBy(query.sort)} LIMIT ${reach}`;
  const near = await selectIds(db, query, Prisma.sql`(${first}) AS "first"`, words);
  if (near.length === query.limit) return near;
  const [walked] = await db.$queryRaw<{ rows: number }[]>`
    SELECT count(*)::int AS "rows" FROM (${first}) AS "first"`;
  if ((walked?.rows ?? 0) < reach) return near;
  if (share > COMMON_SHARE) return selectIds(db, query, ALL, [...conditions, ...words]);
  // OFFSET 0 keeps the planner from walking after all.
  const matches = Prisma.sql`(SELECT * FROM "recordings" WHERE ${allOf(words)} OFFSET 0) AS "matches"`;
  return selectIds(db, query, matches, conditions);
}

async function selectIds(
  db: DatabaseOrTransaction,
  { sort, limit }: ListQuery,
  from: Prisma.Sql,
  conditions: readonly Prisma.Sql[],
): Promise<readonly string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT "id"::text FROM ${from} WHERE ${allOf(conditions)} ${orderBy(sort)} LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}
