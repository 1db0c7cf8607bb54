import { type DatabaseOrTransaction, Prisma } from "@/lib/db/database";
import type { Hold } from "./hold-repository";
import type { HoldTarget } from "./hold-schema";

/** What a hold keeps, or kept: the recordings that are there now. */
export interface HoldCoverage {
  readonly recordings: number;
  readonly sizeBytes: number;
}

const NOTHING: HoldCoverage = { recordings: 0, sizeBytes: 0 };
const COLUMNS: Readonly<Record<HoldTarget, Prisma.Sql>> = {
  recording: Prisma.sql`"id"`,
  session: Prisma.sql`"session_id"`,
  user: Prisma.sql`"user_id"`,
};

/** What is under each of some holds, in their order. One query for each kind of target among them. */
export async function findCoverage(
  db: DatabaseOrTransaction,
  holds: readonly Hold[],
): Promise<readonly HoldCoverage[]> {
  const sums = new Map<string, HoldCoverage>();
  for (const type of new Set(holds.map(({ target }) => target.type))) {
    const ids = holds.filter(({ target }) => target.type === type).map(({ target }) => target.id);
    const rows = await db.$queryRaw<(HoldCoverage & { readonly id: string })[]>`
      SELECT ${COLUMNS[type]}::text AS "id", count(*)::float8 AS "recordings", sum("size_bytes")::float8 AS "sizeBytes"
        FROM "recordings" WHERE ${COLUMNS[type]} = ANY(${ids}::uuid[]) GROUP BY 1`;
    for (const { id, ...coverage } of rows) sums.set(id, coverage);
  }
  return holds.map(({ target }) => sums.get(target.id) ?? NOTHING);
}
