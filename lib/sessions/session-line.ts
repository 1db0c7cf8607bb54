import type { DatabaseOrTransaction } from "@/lib/db/database";

/** Any number that nothing else locks by. */
const LINE_LOCK = 7_102_001;

/** From here to the transaction's end nobody else finds room or joins the line. */
export async function lockLine(transaction: DatabaseOrTransaction): Promise<void> {
  await transaction.$queryRaw`SELECT pg_advisory_xact_lock(${LINE_LOCK}::bigint)::text`;
}

/** Whether a session more may start now. `maxSessions` 0: always. Call it under `lockLine`. */
export async function hasRoom(db: DatabaseOrTransaction, maxSessions: number): Promise<boolean> {
  if (maxSessions === 0) return true;
  const open = await db.session.count({
    where: { status: { in: ["creating", "running"] }, queuedAt: null },
  });
  return open < maxSessions;
}

/** Who has waited longest; null when nobody waits. */
export async function firstInLine(db: DatabaseOrTransaction): Promise<{ id: string } | null> {
  return await db.session.findFirst({
    where: { status: "creating", queuedAt: { not: null } },
    orderBy: [{ queuedAt: "asc" }, { id: "asc" }],
    select: { id: true },
  });
}

/** Gives a session that waits its turn: from now on it is this host's to start. */
export async function takeTurn(
  transaction: DatabaseOrTransaction,
  id: string,
  { hostId, at }: { readonly hostId: string; readonly at: Date },
): Promise<void> {
  await transaction.session.updateMany({
    where: { id, status: "creating" },
    data: { queuedAt: null, hostId, lastUsedAt: at },
  });
}

/** A session's place in line, 1 for the next one; null when it does not wait. */
export async function placeInLine(
  db: DatabaseOrTransaction,
  { id, queuedAt }: { readonly id: string; readonly queuedAt: Date | null },
): Promise<number | null> {
  if (queuedAt === null) return null;
  const ahead = await db.session.count({
    where: {
      status: "creating",
      OR: [{ queuedAt: { lt: queuedAt } }, { queuedAt, id: { lt: id } }],
    },
  });
  return ahead + 1;
}
