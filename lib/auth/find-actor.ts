import { LRUCache } from "lru-cache";
import type { Client } from "@/lib/audit/record-audit-event";
import type { Config } from "@/lib/config/config";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import { hashTokenSecret } from "@/lib/tokens/token-secret";
import { isAdmitted } from "./admission";
import { bearerToken, isBearer } from "./bearer";
import { clustersOf } from "./clusters";
import type { Actor } from "./permissions";
import { findTokenActor } from "./find-token-actor";
import { readSessionToken, type SessionToken } from "./session-token";

export interface FindCallerDeps extends FindActorDeps {
  readonly now: () => Date;
}

export interface FindActorDeps {
  readonly db: DatabaseOrTransaction;
  readonly config: Pick<Config, "authSecret" | "publicUrl" | "signIn">;
}

/** How old what is known of who sends a recording's bytes may be. */
const RECENT_MS = 5_000;
const recent = new LRUCache<string, Actor>({ max: 10_000, ttl: RECENT_MS });

/**
 * Who is asking: the user of the sign-in cookie, as the database knows them at this moment. Null for
 * a stranger, and at once for a user who was disabled or whose sign-ins were ended. One query by key.
 */
export async function findActor(
  headers: Headers,
  { db, config }: FindActorDeps,
): Promise<Actor | null> {
  const token = isBearer(headers) ? null : await readSessionToken(headers, config);
  return token === null ? null : findSignedInUser(token, db, config);
}

/**
 * Who calls the API: the user of a personal token where the request has one, else of the sign-in cookie.
 * @throws AppError `unauthenticated`, `rate_limited` for a token that does not hold; see `findTokenActor`
 */
export async function findCaller(
  headers: Headers,
  client: Client,
  deps: FindCallerDeps,
): Promise<Actor | null> {
  if (isBearer(headers)) return findTokenActor(deps, headers, client);
  return findActor(headers, deps);
}

/**
 * The same, as the database knew them not long ago: five seconds at most. For what somebody does many
 * times a second, and may go on doing for so long after they were disabled or their token was revoked.
 */
export async function findRecentCaller(
  headers: Headers,
  client: Client,
  deps: FindCallerDeps,
): Promise<Actor | null> {
  const key = recentKey(headers);
  if (key === null) return findCaller(headers, client, deps);
  const known = recent.get(key);
  if (known !== undefined) return known;
  const actor = await findCaller(headers, client, deps);
  if (actor !== null) recent.set(key, actor);
  return actor;
}

/** Under what a caller is remembered: the token or the cookies they sent, which are not taken apart each time. */
function recentKey(headers: Headers): string | null {
  const secret = bearerToken(headers);
  if (secret !== null) return `token ${hashTokenSecret(secret)}`;
  const cookies = headers.get("cookie");
  // Cookies do not speak for a request that shows a token, however broken it is.
  if (cookies === null || isBearer(headers)) return null;
  return `cookies ${hashTokenSecret(cookies)}`;
}

async function findSignedInUser(
  token: SessionToken,
  db: DatabaseOrTransaction,
  config: FindActorDeps["config"],
): Promise<Actor | null> {
  const user = await db.user.findUnique({
    where: { id: token.userId, sessionVersion: token.sessionVersion, disabledAt: null },
    select: { id: true, username: true, displayName: true, role: true, oidcIssuer: true },
  });
  if (user === null || !isAdmitted(user, config.signIn)) return null;
  const { id: userId, username, displayName, role } = user;
  // Only who has the role is asked after: most people cost one query.
  const clusters = role === "ops" ? await clustersOf(db, userId) : [];
  return { userId, username, displayName, role, clusters, token: null };
}
