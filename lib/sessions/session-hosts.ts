import { type DatabaseOrTransaction, Prisma } from "@/lib/db/database";
import { CLOCK_WENT_BACK_AFTER, hasRunOut } from "@/lib/db/database-clock";

/**
 * Which processes run sessions, and which of them have died. A host says that it lives by moving
 * `seen_at`. One that was silent for `SILENT_MS` is first only suspected, and is dead when it stays
 * silent for `SUSPECTED_MS` more: while the database is away nobody can be seen, and afterwards
 * everybody gets that time to be seen again. All times are the database's own.
 */
export const SILENT_MS = 60_000;
export const SUSPECTED_MS = 45_000;
const SILENT_FROM = Prisma.sql`"seen_at" + ${SILENT_MS}::float8 * interval '1 millisecond'`;

/** Says that a host lives; registers it the first time. */
export async function reportAlive(db: DatabaseOrTransaction, hostId: string): Promise<void> {
  await db.$executeRaw`
    INSERT INTO "hosts" ("id", "started_at", "seen_at") VALUES (${hostId}, now(), now())
    ON CONFLICT ("id") DO UPDATE SET "seen_at" = now(), "suspected_at" = NULL`;
}

/**
 * Suspects hosts that fell silent and answers those that stayed so: they are dead. One that seems to have been seen, or
 * suspected, in the future is suspected from now on.
 */
export async function findDeadHosts(db: DatabaseOrTransaction): Promise<readonly string[]> {
  await db.$executeRaw`
    UPDATE "hosts" SET "suspected_at" = now()
     WHERE "suspected_at" IS NULL AND ${hasRunOut(SILENT_FROM)} OR "suspected_at" > ${CLOCK_WENT_BACK_AFTER}`;
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "hosts"
     WHERE "suspected_at" < now() - ${SUSPECTED_MS}::float8 * interval '1 millisecond'`;
  return rows.map(({ id }) => id);
}

/** Strikes hosts off once their sessions are closed. One that lives after all registers again. */
export async function forgetHosts(
  db: DatabaseOrTransaction,
  hostIds: readonly string[],
): Promise<void> {
  await db.host.deleteMany({ where: { id: { in: [...hostIds] } } });
}
