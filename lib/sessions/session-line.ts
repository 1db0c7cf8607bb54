import type { DatabaseOrTransaction } from "@/lib/db/database";
import { findSessionsById, markUsed, type Session } from "./session-repository";

/**
 * How long a place in line is kept for somebody who does not ask after it. Tabs ask twice a second, hidden ones too; a
 * link may be away for a while.
 */
const PLACE_LEASE_MS = 45_000;
const RENEW_AFTER_MS = 5_000;

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

/** Notes that whoever waits for a session is still there. Nothing for one that does not wait. */
export async function keepPlace(
  db: DatabaseOrTransaction,
  { id, queuedAt, lastUsedAt }: Pick<Session, "id" | "queuedAt" | "lastUsedAt">,
  now: Date,
): Promise<void> {
  if (queuedAt === null || now.getTime() - lastUsedAt.getTime() < RENEW_AFTER_MS) return;
  await markUsed(db, id, now);
}

/**
 * The sessions in line for which nobody has asked for too long. None before `awakeSince` is as long ago: while the
 * product was away nobody could ask.
 */
export async function findLeftInLine(
  db: DatabaseOrTransaction,
  { now, awakeSince }: { readonly now: Date; readonly awakeSince: Date },
): Promise<Session[]> {
  const latest = new Date(now.getTime() - PLACE_LEASE_MS);
  if (awakeSince > latest) return [];
  const where = {
    status: "creating",
    queuedAt: { not: null },
    lastUsedAt: { lt: latest },
  } as const;
  const left = await db.session.findMany({ where, select: { id: true } });
  return findSessionsById(
    db,
    left.map(({ id }) => id),
  );
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
