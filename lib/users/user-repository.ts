import { assignClusters } from "@/lib/auth/clusters";
import type { DatabaseOrTransaction, Prisma } from "@/lib/db/database";
import { IN_FORCE } from "@/lib/holds/hold-repository";
import { literalInLike } from "@/lib/db/like";
import { beyond, inOrder, type PagePosition } from "@/lib/db/page";
import type { Role } from "@/lib/auth/permissions";
import type { UserItem } from "./user-schema";

export interface User {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly role: Role;
  /** Assigned ones; only the role `ops` has any. */
  readonly clusters: readonly string[];
  /** The OpenID provider that vouches for them; null for a local account. */
  readonly oidcIssuer: string | null;
  readonly disabledAt: Date | null;
  readonly sessionVersion: number;
  readonly createdAt: Date;
  readonly lastSignInAt: Date | null;
  /** A legal hold is on all that they record. */
  readonly isHeld: boolean;
}

/** Everything but the password's hash, which only sign-in and the change of one's own password read. */
const USER_COLUMNS = {
  id: true,
  username: true,
  displayName: true,
  role: true,
  oidcIssuer: true,
  disabledAt: true,
  sessionVersion: true,
  createdAt: true,
  lastSignInAt: true,
  clusters: { select: { cluster: true }, orderBy: { cluster: "asc" } },
  holds: IN_FORCE,
} as const satisfies Prisma.UserSelect;

type Row = Prisma.UserGetPayload<{ select: typeof USER_COLUMNS }>;

function toUser({ clusters, holds, ...row }: Row): User {
  const isHeld = holds.length > 0;
  return { ...row, clusters: clusters.map(({ cluster }) => cluster), isHeld };
}

export interface NewUser {
  readonly username: string;
  readonly displayName: string;
  readonly role: Role;
  readonly clusters: readonly string[];
  readonly passwordHash: string;
}

export interface UserChange {
  readonly displayName?: string;
  readonly role?: Role;
  readonly clusters?: readonly string[];
  readonly disabledAt?: Date | null;
  readonly lastSignInAt?: Date;
  readonly passwordHash?: string;
}

export async function insertUser(
  db: DatabaseOrTransaction,
  { clusters, ...user }: NewUser,
): Promise<User> {
  const assigned = { create: clusters.map((cluster) => ({ cluster })) };
  const data = { ...user, clusters: assigned };
  return toUser(await db.user.create({ data, select: USER_COLUMNS }));
}

/** The user of a person at an OpenID provider. */
export async function findUserBySubject(
  db: DatabaseOrTransaction,
  { issuer, subject }: { readonly issuer: string; readonly subject: string },
): Promise<User | null> {
  const row = await db.user.findUnique({
    where: { oidcIssuer_oidcSubject: { oidcIssuer: issuer, oidcSubject: subject } },
    select: USER_COLUMNS,
  });
  return row === null ? null : toUser(row);
}

export interface UserFilters {
  /** A piece of the user name or of the display name, in either case. */
  readonly text?: string | undefined;
  readonly role?: Role | undefined;
  readonly disabled?: boolean | undefined;
}

export interface UserQuery extends UserFilters {
  readonly limit: number;
  readonly after?: PagePosition | undefined;
}

/** A page of users, newest first, beginning after `after`. */
export async function findUsers(
  db: DatabaseOrTransaction,
  { limit, after, text, role, disabled }: UserQuery,
): Promise<User[]> {
  const rows = await db.user.findMany({
    where: {
      AND: [
        beyond(after, "desc"),
        text === undefined ? {} : namedLike(text),
        role === undefined ? {} : { role },
        disabled === undefined ? {} : { disabledAt: disabled ? { not: null } : null },
      ],
    },
    orderBy: inOrder("desc"),
    take: limit,
    select: USER_COLUMNS,
  });
  return rows.map(toUser);
}

function namedLike(text: string): Prisma.UserWhereInput {
  const contains = literalInLike(text);
  return {
    OR: [
      { username: { contains: contains.toLowerCase() } },
      { displayName: { contains, mode: "insensitive" } },
    ],
  };
}

/** The ids of all users whose user name has this piece, in either case. Users are few: this reads them all. */
export async function findUserIdsNamed(
  db: DatabaseOrTransaction,
  piece: string,
): Promise<string[]> {
  const where = { username: { contains: literalInLike(piece.toLowerCase()) } };
  const rows = await db.user.findMany({ where, select: { id: true } });
  return rows.map(({ id }) => id);
}

/**
 * Locks a user and every enabled administrator until the transaction ends, so that two administrators
 * who disable each other at the same moment are judged one after the other. Null when there is no such user.
 */
export async function lockUserAndAdmins(
  transaction: DatabaseOrTransaction,
  id: string,
): Promise<{ readonly user: User; readonly otherAdmins: number } | null> {
  const locked = await transaction.$queryRaw<{ id: string; isAdmin: boolean }[]>`
    SELECT "id", "role" = 'admin' AND "disabled_at" IS NULL AS "isAdmin" FROM "users"
    WHERE "id" = ${id}::uuid OR ("role" = 'admin' AND "disabled_at" IS NULL)
    ORDER BY "id" FOR UPDATE`;
  const row = await transaction.user.findUnique({ where: { id }, select: USER_COLUMNS });
  if (row === null) return null;
  return {
    user: toUser(row),
    otherAdmins: locked.filter((row) => row.isAdmin && row.id !== id).length,
  };
}

/**
 * Changes a user; `endSignIns` makes every earlier sign-in invalid at its next request, and tickets that
 * came out of one with it. In a transaction.
 */
export async function changeUser(
  db: DatabaseOrTransaction,
  id: string,
  { clusters, ...change }: UserChange,
  { endSignIns }: { readonly endSignIns: boolean },
): Promise<User> {
  if (clusters !== undefined) await assignClusters(db, id, clusters);
  const row = await db.user.update({
    where: { id },
    data: { ...change, ...(endSignIns && { sessionVersion: { increment: 1 } }) },
    select: USER_COLUMNS,
  });
  if (endSignIns) await db.gatewayTicket.deleteMany({ where: { userId: id } });
  return toUser(row);
}

/** The user as the API shows it. */
export function toUserItem(user: User): UserItem {
  return {
    id: user.id,
    username: user.username,
    display_name: user.displayName,
    role: user.role,
    clusters: [...user.clusters],
    sign_in: user.oidcIssuer === null ? "local" : "oidc",
    disabled: user.disabledAt !== null,
    disabled_at: user.disabledAt?.toISOString() ?? null,
    created_at: user.createdAt.toISOString(),
    last_sign_in_at: user.lastSignInAt?.toISOString() ?? null,
    held: user.isHeld,
  };
}
