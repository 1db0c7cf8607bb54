import type { DatabaseOrTransaction, Prisma } from "@/lib/db/database";
import type { TokenItem } from "./token-schema";

export interface Token {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** Everything but the hash. */
const TOKEN_COLUMNS = {
  id: true,
  userId: true,
  name: true,
  scopes: true,
  createdAt: true,
  expiresAt: true,
  lastUsedAt: true,
  revokedAt: true,
} as const satisfies Prisma.ApiTokenSelect;

export async function insertToken(
  db: DatabaseOrTransaction,
  token: Omit<Prisma.ApiTokenUncheckedCreateInput, "id">,
): Promise<Token> {
  return db.apiToken.create({ data: token, select: TOKEN_COLUMNS });
}

export async function findToken(db: DatabaseOrTransaction, id: string): Promise<Token | null> {
  return db.apiToken.findUnique({ where: { id }, select: TOKEN_COLUMNS });
}

/** A user's tokens that were not revoked, the newest first; those that have run out with them. */
export async function findTokensOf(db: DatabaseOrTransaction, userId: string): Promise<Token[]> {
  return db.apiToken.findMany({
    where: { userId, revokedAt: null },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    select: TOKEN_COLUMNS,
  });
}

/** The token of a hash, with whose it is. */
export async function findTokenByHash(db: DatabaseOrTransaction, tokenHash: string) {
  return db.apiToken.findUnique({
    where: { tokenHash },
    select: {
      ...TOKEN_COLUMNS,
      user: {
        select: {
          ...{ username: true, displayName: true, role: true },
          ...{ disabledAt: true, oidcIssuer: true },
        },
      },
    },
  });
}

/** Tells whether it was still to be revoked. */
export async function markRevoked(
  db: DatabaseOrTransaction,
  id: string,
  at: Date,
): Promise<boolean> {
  const { count } = await db.apiToken.updateMany({
    where: { id, revokedAt: null },
    data: { revokedAt: at },
  });
  return count === 1;
}

/** Notes that a token is used, unless that was noted after `before` already. */
export async function markTokenUsed(
  db: DatabaseOrTransaction,
  id: string,
  { at, before }: { readonly at: Date; readonly before: Date },
): Promise<void> {
  await db.apiToken.updateMany({
    where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: before } }] },
    data: { lastUsedAt: at },
  });
}

/** The token as the API shows it. */
export function toTokenItem(token: Token): TokenItem {
  return {
    id: token.id,
    name: token.name,
    scopes: [...token.scopes],
    created_at: token.createdAt.toISOString(),
    expires_at: token.expiresAt.toISOString(),
    last_used_at: token.lastUsedAt?.toISOString() ?? null,
  };
}
