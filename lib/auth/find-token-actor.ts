import { LRUCache } from "lru-cache";
import type { Client } from "@/lib/audit/record-audit-event";
import type { Config } from "@/lib/config/config";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import { findTokenByHash, markTokenUsed } from "@/lib/tokens/token-repository";
import { permissionsOf } from "@/lib/tokens/token-scope";
import { hashTokenSecret, isTokenSecret } from "@/lib/tokens/token-secret";
import { isAdmitted } from "./admission";
import { bearerToken } from "./bearer";
import { clustersOf } from "./clusters";
import { networkOf } from "./network";
import type { Actor } from "./permissions";

export interface FindTokenActorDeps {
  readonly db: DatabaseOrTransaction;
  readonly now: () => Date;
  readonly config: Pick<Config, "signIn">;
}

/** When a token was used is noted no more often than this. */
const USE_NOTED_EVERY_MS = 60_000;

const MINUTE_MS = 60_000;
/** Different unknown tokens from one network within the time after which no more of its unknown ones are looked up. */
const MAX_GUESSES = 20;
const guesses = new LRUCache<string, Set<string>>({ max: 10_000, ttl: 15 * MINUTE_MS });
/** Tokens that were found lately, by hash: whoever has one is not kept waiting by who guesses beside them. */
const found = new LRUCache<string, true>({ max: 10_000, ttl: 15 * MINUTE_MS });

/**
 * Who is asking with a personal token (RFC 6750): its user, with the role of this moment and no more than the
 * token was made for. A query by key; what could not be a token costs none.
 * @throws AppError `unauthenticated` with the reason, `rate_limited` for a network that guesses
 */
export async function findTokenActor(
  { db, now, config }: FindTokenActorDeps,
  headers: Headers,
  client: Client,
): Promise<Actor> {
  const secret = bearerToken(headers);
  if (secret === null || !isTokenSecret(secret)) throw refused("This is no token of Sortie’s.");
  const tokenHash = hashTokenSecret(secret);
  refuseGuessing(client, tokenHash);
  const token = await findTokenByHash(db, tokenHash);
  if (token === null) {
    noteGuess(client, tokenHash);
    throw refused("This token is not known here.");
  }
  found.set(tokenHash, true);
  const at = now();
  if (token.revokedAt !== null) throw refused("This token was revoked.");
  if (token.expiresAt <= at) throw refused("This token has expired.");
  const { user, userId, id, name } = token;
  if (user.disabledAt !== null) throw refused("The account of this token is disabled.");
  if (!isAdmitted(user, config.signIn)) throw refused("The account of this token cannot sign in.");
  const before = new Date(at.getTime() - USE_NOTED_EVERY_MS);
  if (token.lastUsedAt === null || token.lastUsedAt < before) {
    await markTokenUsed(db, id, { at, before });
  }
  const { username, displayName, role } = user;
  const clusters = role === "ops" ? await clustersOf(db, userId) : [];
  const permissions = permissionsOf(token.scopes);
  return { userId, username, displayName, role, clusters, token: { id, name, permissions } };
}

function refused(what: string): AppError {
  return new AppError("unauthenticated", `${what} Make one on the account page and use that.`, {
    headers: { "www-authenticate": 'Bearer error="invalid_token"' },
  });
}

/**
 * Nobody guesses 256 bits; this keeps who tries off the database. Only tokens that do not exist count, each
 * once, so that a script that goes on with one wrong token locks nobody out. In this process alone.
 */
function refuseGuessing({ ip }: Client, tokenHash: string): void {
  if (ip === null || found.has(tokenHash)) return;
  const key = networkOf(ip);
  const tried = guesses.get(key);
  if (tried === undefined || tried.size < MAX_GUESSES || tried.has(tokenHash)) return;
  const retryAfterSeconds = Math.ceil(guesses.getRemainingTTL(key) / 1000);
  const wait = `Try again in ${Math.ceil(retryAfterSeconds / 60)} minutes.`;
  throw new AppError("rate_limited", `Too many unknown tokens came from your network. ${wait}`, {
    retryAfterSeconds,
  });
}

function noteGuess({ ip }: Client, tokenHash: string): void {
  if (ip === null) return;
  const key = networkOf(ip);
  const tried = guesses.get(key);
  if (tried === undefined) guesses.set(key, new Set([tokenHash]));
  else tried.add(tokenHash);
}
