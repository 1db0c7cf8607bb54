import type { Reach } from "@/lib/auth/permissions";
import type { DatabaseOrTransaction, Prisma } from "@/lib/db/database";
import { IN_FORCE } from "@/lib/holds/hold-repository";
import { beyond, inOrder, type PagePosition } from "@/lib/db/page";
import type { AppKind, ProviderRef, SessionProvider } from "@/lib/providers/session-provider";
import { z } from "zod";
import type { CloseReason } from "./close-reason";

export type SessionStatus = "creating" | "running" | "ended" | "failed";

/** A session that is not over. */
export const OPEN_STATUSES = ["creating", "running"] as const satisfies readonly SessionStatus[];

export interface Session {
  readonly id: string;
  readonly appId: string;
  readonly appName: string;
  readonly appKind: AppKind;
  readonly cluster: string;
  readonly userId: string;
  readonly username: string;
  readonly isUserDisabled: boolean;
  /** Raised whenever all sign-ins of the session's user end. */
  readonly userSessionVersion: number;
  readonly status: SessionStatus;
  readonly closeReason: CloseReason | null;
  /** What happened, where the reason says too little; a sentence. */
  readonly closeDetail: string | null;
  readonly provider: string;
  /** The process that starts it, or that it is tied to; null: any process may look after it. */
  readonly hostId: string | null;
  /** Null until it runs. */
  readonly providerRef: ProviderRef | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly lastUsedAt: Date;
  readonly endedAt: Date | null;
  /** Since when it waits for room; null once it has its turn. */
  readonly queuedAt: Date | null;
  /** A legal hold is on the session itself. */
  readonly isHeld: boolean;
}

const SELECT = {
  id: true,
  appId: true,
  cluster: true,
  userId: true,
  status: true,
  closeReason: true,
  closeDetail: true,
  provider: true,
  hostId: true,
  providerRef: true,
  createdAt: true,
  startedAt: true,
  lastUsedAt: true,
  endedAt: true,
  queuedAt: true,
  app: { select: { name: true, kind: true } },
  user: { select: { username: true, disabledAt: true, sessionVersion: true } },
  holds: IN_FORCE,
} as const satisfies Prisma.SessionSelect;

type Row = Prisma.SessionGetPayload<{ select: typeof SELECT }>;

const refSchema = z.record(z.string(), z.union([z.string(), z.number()])).nullable();

function toSession({ app, user, holds, ...row }: Row): Session {
  return {
    ...row,
    isHeld: holds.length > 0,
    appName: app.name,
    appKind: app.kind,
    username: user.username,
    isUserDisabled: user.disabledAt !== null,
    userSessionVersion: user.sessionVersion,
    closeReason: row.closeReason as CloseReason | null,
    providerRef: refSchema.parse(row.providerRef),
  };
}

export async function findSession(db: DatabaseOrTransaction, id: string): Promise<Session | null> {
  const row = await db.session.findUnique({ where: { id }, select: SELECT });
  return row === null ? null : toSession(row);
}

export async function findSessionsById(
  db: DatabaseOrTransaction,
  ids: readonly string[],
): Promise<Session[]> {
  const rows = await db.session.findMany({ where: { id: { in: [...ids] } }, select: SELECT });
  return rows.map(toSession);
}

export interface NewSession {
  readonly id: string;
  readonly appId: string;
  readonly cluster: string;
  readonly userId: string;
  readonly provider: string;
  /** Null while it waits. */
  readonly hostId: string | null;
  readonly queuedAt: Date | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
}

export async function insertSession(
  db: DatabaseOrTransaction,
  session: NewSession,
): Promise<Session> {
  return toSession(await db.session.create({ data: session, select: SELECT }));
}

/** Moves a session on from `creating`. Tells whether it still was. */
export async function markRunning(
  db: DatabaseOrTransaction,
  id: string,
  {
    ref,
    hostId,
    startedAt,
  }: { readonly ref: ProviderRef; readonly hostId: string | null; readonly startedAt: Date },
): Promise<boolean> {
  const { count } = await db.session.updateMany({
    where: { id, status: "creating" },
    data: { status: "running", startedAt, lastUsedAt: startedAt, hostId, providerRef: { ...ref } },
  });
  return count === 1;
}

/** Closes a session that is open. Tells whether it was. */
export async function markClosed(
  db: DatabaseOrTransaction,
  id: string,
  closing: {
    readonly status: "ended" | "failed";
    readonly closeReason: CloseReason;
    readonly closeDetail: string | null;
    readonly endedAt: Date;
  },
): Promise<boolean> {
  const { count } = await db.session.updateMany({
    where: { id, status: { in: [...OPEN_STATUSES] } },
    data: { ...closing, queuedAt: null },
  });
  return count === 1;
}

/** Notes that somebody used the session; never moves the time back. */
export async function markUsed(db: DatabaseOrTransaction, id: string, at: Date): Promise<void> {
  await db.session.updateMany({
    where: { id, lastUsedAt: { lt: at } },
    data: { lastUsedAt: at },
  });
}

export async function countOpenSessions(
  db: DatabaseOrTransaction,
  userId: string,
): Promise<number> {
  return db.session.count({ where: { userId, status: { in: [...OPEN_STATUSES] } } });
}

type Tie = Pick<SessionProvider, "name" | "isTiedToProcess">;

/** The running sessions that any process may look after; none of a provider that ties them to processes. */
export async function findUntiedSessions(
  db: DatabaseOrTransaction,
  { name, isTiedToProcess }: Tie,
): Promise<Session[]> {
  if (isTiedToProcess) return [];
  const where = { provider: name, status: "running", hostId: null } as const;
  return (await db.session.findMany({ where, select: SELECT })).map(toSession);
}

/**
 * The open sessions of these hosts, of those that are not registered any more, and of nobody: untied ones are everybody's,
 * but those of a provider that is no longer in use nobody can reach.
 */
export async function findOpenSessionsOf(
  db: DatabaseOrTransaction,
  { hostIds, unregisteredBefore }: { hostIds: readonly string[]; unregisteredBefore: Date },
  { name, isTiedToProcess }: Tie,
): Promise<Session[]> {
  const registered = await db.host.findMany({ select: { id: true } });
  const rows = await db.session.findMany({
    where: {
      status: { in: [...OPEN_STATUSES] },
      // What waits in line is nobody's yet.
      queuedAt: null,
      OR: [
        { hostId: { in: [...hostIds] } },
        {
          OR: [
            { hostId: null, ...(isTiedToProcess ? {} : { provider: { not: name } }) },
            { hostId: { notIn: registered.map(({ id }) => id) } },
          ],
          createdAt: { lt: unregisteredBefore },
        },
      ],
    },
    select: SELECT,
  });
  return rows.map(toSession);
}

/** The sessions of a host that have been starting for too long. */
export async function findStuckSessions(
  db: DatabaseOrTransaction,
  hostId: string,
  createdBefore: Date,
): Promise<Session[]> {
  const rows = await db.session.findMany({
    // Nobody uses what is only starting: this is when it got its turn.
    where: { hostId, status: "creating", lastUsedAt: { lt: createdBefore } },
    select: SELECT,
  });
  return rows.map(toSession);
}

export interface SessionQuery {
  readonly within: Reach;
  readonly statuses: readonly SessionStatus[] | undefined;
  readonly appId: string | undefined;
  readonly cluster: string | undefined;
  /** Whose they are: one of these. */
  readonly userIds: readonly string[] | undefined;
  /** The last row of the page before. */
  readonly after: PagePosition | undefined;
  readonly limit: number;
}

/** One page, newest first. */
export async function findSessions(
  db: DatabaseOrTransaction,
  { within, statuses, appId, cluster, userIds, after, limit }: SessionQuery,
): Promise<Session[]> {
  const rows = await db.session.findMany({
    where: {
      AND: [within, userIds === undefined ? {} : { userId: { in: [...userIds] } }],
      ...(statuses === undefined ? {} : { status: { in: [...statuses] } }),
      ...(appId === undefined ? {} : { appId }),
      ...(cluster === undefined ? {} : { cluster }),
      ...beyond(after, "desc"),
    },
    orderBy: inOrder("desc"),
    take: limit,
    select: SELECT,
  });
  return rows.map(toSession);
}

/** How many sessions run, everybody's. */
export async function countRunning(db: DatabaseOrTransaction): Promise<number> {
  return db.session.count({ where: { status: "running" } });
}
