import { z } from "zod";
import { type DatabaseOrTransaction, Prisma } from "@/lib/db/database";
import { literalInLike } from "@/lib/db/like";
import { findUserIdsNamed } from "@/lib/users/user-repository";

const isId = (text: string) => z.uuid().safeParse(text).success;

/** A search as conditions on `recordings`, with how much it is likely to leave. */
export interface RecordingSearch {
  readonly conditions: readonly Prisma.Sql[];
  /** Between 0 and 1: the part of all recordings that PostgreSQL's statistics let expect. */
  readonly share: number;
  /** How many recordings that is. */
  readonly matches: number;
}

/**
 * Makes conditions of a search: every word must occur in the file name, the description or the user's name;
 * a word without three letters or digits in a row, at the beginning of a word. A whole id finds that recording,
 * or those of that session. Null when nothing is searched for.
 */
export async function prepareSearch(
  db: DatabaseOrTransaction,
  text: string,
): Promise<RecordingSearch | null> {
  const words = text.trim().split(/\s+/).filter(Boolean);
  const [only] = words;
  if (only === undefined) return null;
  if (words.length === 1 && isId(only)) {
    return {
      conditions: [Prisma.sql`("id" = ${only}::uuid OR "session_id" = ${only}::uuid)`],
      share: 0,
      matches: 1,
    };
  }
  const conditions = await Promise.all(words.map((word) => containing(db, word)));
  return { conditions, ...(await expectedOf(db, conditions)) };
}

async function containing(db: DatabaseOrTransaction, word: string): Promise<Prisma.Sql> {
  if (!/[\p{L}\p{N}]/u.test(word)) return Prisma.sql`false`;
  // Three of them in a row are what the index knows; a space in front makes two, or one, enough.
  const start = /[\p{L}\p{N}]{3}/u.test(word) ? "%" : "% ";
  const inTexts = `${start}${literalInLike(word)}%`;
  // Looked up first: users are few, and their recordings have an index of their own.
  const ids = await findUserIdsNamed(db, word);
  if (ids.length === 0) return Prisma.sql`"search_text" LIKE lower(${inTexts})`;
  return Prisma.sql`("search_text" LIKE lower(${inTexts}) OR "user_id" = ANY(${ids}::uuid[]))`;
}

const explained = z
  .tuple([
    z.object({
      "QUERY PLAN": z.tuple([z.object({ Plan: z.object({ "Plan Rows": z.number() }) })]),
    }),
  ])
  .transform(([row]) => row["QUERY PLAN"][0].Plan["Plan Rows"]);

/** Asks the planner, which has looked at a sample of the texts, instead of counting. */
async function expectedOf(
  db: DatabaseOrTransaction,
  conditions: readonly Prisma.Sql[],
): Promise<Pick<RecordingSearch, "share" | "matches">> {
  const [matching, all] = await Promise.all([
    db.$queryRaw`EXPLAIN (FORMAT JSON) SELECT FROM "recordings" WHERE ${Prisma.join([...conditions], " AND ")}`,
    db.$queryRaw`EXPLAIN (FORMAT JSON) SELECT FROM "recordings"`,
  ]);
  const matches = explained.parse(matching);
  return { matches, share: matches / Math.max(1, explained.parse(all)) };
}
