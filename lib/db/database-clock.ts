import { Prisma } from "./database";

/**
 * What runs out by itself does so by the database's clock, and that may be set back. Nothing of ours lies more than a
 * minute ahead of it, and no transaction that asks is older than a minute: who finds a time further ahead than both
 * knows that the clock was set back since.
 */
export const CLOCK_WENT_BACK_AFTER = Prisma.sql`now() + interval '2 minutes'`;

/** A condition: what lasts until `end` is over. It is, too, where the clock was set back: `end` may be long to come. */
export function hasRunOut(end: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(${end} < now() OR ${end} > ${CLOCK_WENT_BACK_AFTER})`;
}
