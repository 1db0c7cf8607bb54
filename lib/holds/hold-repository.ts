import { type DatabaseOrTransaction, Prisma } from "@/lib/db/database";
import type { Owned, Reach } from "@/lib/auth/permissions";
import { beyond, inOrder, type PagePosition } from "@/lib/db/page";
import type { HoldTarget } from "./hold-schema";

/** A legal hold as the use cases see it. */
export interface Hold {
  readonly id: string;
  readonly target: {
    readonly type: HoldTarget;
    readonly id: string;
    readonly name: string;
    /** The name of the user whose it is, or who it is. */
    readonly owner: string;
    /** Null of a hold on a user: it reaches into every cluster. */
    readonly owned: Owned | null;
  };
  readonly reason: string;
  readonly placedBy: string;
  /** When it was placed. */
  readonly createdAt: Date;
  /** Null while it is in force. */
  readonly lifted: {
    readonly by: string;
    readonly at: Date;
    /** Null where it was not said. */
    readonly reason: string | null;
  } | null;
}

/** What a hold can be on, of one recording. */
export interface Holdable {
  readonly id: string;
  readonly sessionId: string;
  readonly userId: string;
}

const SELECT = {
  id: true,
  reason: true,
  placedBy: true,
  createdAt: true,
  liftedBy: true,
  liftedAt: true,
  liftReason: true,
  recording: {
    select: {
      ...{ id: true, filename: true, description: true },
      ...{ userId: true, cluster: true, username: true },
    },
  },
  session: {
    select: {
      ...{ id: true, userId: true, cluster: true },
      ...{ app: { select: { name: true } }, user: { select: { username: true } } },
    },
  },
  user: { select: { id: true, username: true } },
} as const satisfies Prisma.LegalHoldSelect;
type Row = Prisma.LegalHoldGetPayload<{ select: typeof SELECT }>;

/** The relation to holds, selected to tell whether one is in force. */
export const IN_FORCE = {
  where: { liftedAt: null },
  select: { id: true },
  take: 1,
} as const;

/**
 * The same as a condition of plain SQL on `recordings`. Each list of ids is read once, however many
 * recordings are looked at.
 */
export const IS_HELD = Prisma.sql`(
  "recordings"."id" IN (SELECT "recording_id" FROM "legal_holds" WHERE "lifted_at" IS NULL AND "recording_id" IS NOT NULL)
  OR "recordings"."session_id" IN (SELECT "session_id" FROM "legal_holds" WHERE "lifted_at" IS NULL AND "session_id" IS NOT NULL)
  OR "recordings"."user_id" IN (SELECT "user_id" FROM "legal_holds" WHERE "lifted_at" IS NULL AND "user_id" IS NOT NULL))`;

/** For transactions that do either: a change of policy may count a million recordings before it lets go. */
export const PATIENT = { timeout: 60_000, maxWait: 10_000 } as const;

/** Waits until no deletion is being begun, and lets none begin before the transaction is over. */
export async function keepDeletionsOut(transaction: DatabaseOrTransaction): Promise<void> {
  await transaction.$executeRaw`SELECT "lock_deletions"(true)`;
}

/** Waits until nobody is placing a hold, and lets nobody place one before the transaction is over. */
export async function keepHoldsOut(transaction: DatabaseOrTransaction): Promise<void> {
  await transaction.$executeRaw`SELECT "lock_deletions"(false)`;
}

export async function insertHold(
  db: DatabaseOrTransaction,
  { type, id }: { readonly type: HoldTarget; readonly id: string },
  facts: { readonly reason: string; readonly placedBy: string; readonly createdAt: Date },
): Promise<Hold> {
  const data = { ...facts, [`${type}Id` as const]: id };
  return toHold(await db.legalHold.create({ data, select: SELECT }));
}

export async function findHold(db: DatabaseOrTransaction, id: string): Promise<Hold | null> {
  const row = await db.legalHold.findUnique({ where: { id }, select: SELECT });
  return row === null ? null : toHold(row);
}

/** Tells whether it was still in force. */
export async function updateLifted(
  db: DatabaseOrTransaction,
  id: string,
  lifted: {
    readonly liftedBy: string;
    readonly liftedAt: Date;
    readonly liftReason: string | null;
  },
): Promise<boolean> {
  const { count } = await db.legalHold.updateMany({ where: { id, liftedAt: null }, data: lifted });
  return count === 1;
}

/** The holds in force that keep one recording, the oldest first. */
export async function findHoldsOf(
  db: DatabaseOrTransaction,
  { id, sessionId, userId }: Holdable,
): Promise<Hold[]> {
  const rows = await db.legalHold.findMany({
    where: { liftedAt: null, OR: [{ recordingId: id }, { sessionId }, { userId }] },
    orderBy: inOrder("asc"),
    select: SELECT,
  });
  return rows.map(toHold);
}

/** One page of the holds on what is within `reach`, the newest first. */
export async function findHolds(
  db: DatabaseOrTransaction,
  page: {
    readonly reach: Reach;
    readonly inForceOnly: boolean;
    /** Only holds on such things, or on this very one. */
    readonly target?: { readonly type: HoldTarget; readonly id?: string | undefined } | undefined;
    readonly after: PagePosition | undefined;
    readonly limit: number;
  },
): Promise<Hold[]> {
  const rows = await db.legalHold.findMany({
    where: {
      AND: [within(page.reach), on(page.target), beyond(page.after, "desc")],
      ...(page.inForceOnly ? { liftedAt: null } : {}),
    },
    orderBy: inOrder("desc"),
    take: page.limit,
    select: SELECT,
  });
  return rows.map(toHold);
}

function within(reach: Reach): Prisma.LegalHoldWhereInput {
  if (reach.cluster === undefined) return {};
  return { OR: [{ recording: reach }, { session: reach }] };
}

function on(target: { type: HoldTarget; id?: string | undefined } | undefined) {
  if (target === undefined) return {};
  return { [`${target.type}Id` as const]: target.id ?? { not: null } };
}

function toHold(found: Row): Hold {
  const { recording, session, user, liftedBy, liftedAt, liftReason: reason, ...row } = found;
  return {
    ...row,
    target: targetOf({ recording, session, user }),
    lifted: liftedBy === null || liftedAt === null ? null : { by: liftedBy, at: liftedAt, reason },
  };
}

function targetOf({
  recording,
  session,
  user,
}: Pick<Row, "recording" | "session" | "user">): Hold["target"] {
  if (recording !== null) {
    const { id, filename, description, username: owner, ...owned } = recording;
    return { type: "recording", id, name: description || filename, owner, owned };
  }
  if (session !== null) {
    const { id, app, user: person, ...owned } = session;
    return { type: "session", id, name: app.name, owner: person.username, owned };
  }
  if (user !== null) {
    const { id, username: name } = user;
    return { type: "user", id, name, owner: name, owned: null };
  }
  throw new Error("A legal hold names nothing: its table refuses such rows.");
}
