import { type Actor, type Reach, reachOf } from "@/lib/auth/permissions";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import { type PagePosition, toPage } from "@/lib/db/page";
import { AppError } from "@/lib/errors/app-error";
import { findUserIdsNamed } from "@/lib/users/user-repository";
import { findSessions, type Session, type SessionStatus } from "./session-repository";

export interface ListSessionsInput {
  readonly scope?: "own" | "all";
  readonly statuses?: readonly SessionStatus[] | undefined;
  readonly appId?: string | undefined;
  readonly cluster?: string | undefined;
  /** A piece of whose they are, in either case. */
  readonly username?: string | undefined;
  readonly limit: number;
  /** The last row of the page before. */
  readonly cursor?: PagePosition | undefined;
}

export interface SessionPage {
  readonly sessions: readonly Session[];
  /** Where the next page begins; null when this is the last. */
  readonly next: PagePosition | null;
}

/** One page of sessions, newest first: one's own, or those of others that one may see. @throws AppError `forbidden` */
export async function listSessions(
  { db }: { readonly db: DatabaseOrTransaction },
  actor: Actor,
  { scope = "own", statuses, appId, cluster, username, limit, cursor }: ListSessionsInput,
): Promise<SessionPage> {
  const within = visibleTo(actor, scope);
  // Looked up first: users are few, and their sessions have an index of their own.
  const userIds = username === undefined ? undefined : await findUserIdsNamed(db, username);
  const rows = await findSessions(db, {
    within,
    statuses,
    appId,
    cluster,
    userIds,
    after: cursor,
    limit: limit + 1,
  });
  const { rows: sessions, next } = toPage(rows, limit);
  return { sessions, next };
}

function visibleTo(actor: Actor, scope: "own" | "all"): Reach {
  if (scope === "own") return { userId: actor.userId };
  const reach = reachOf(actor, "session.view");
  if (reach === null) throw new AppError("forbidden", "You see your own sessions only.");
  return reach;
}
