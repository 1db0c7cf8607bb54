import type { Actor } from "@/lib/auth/permissions";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import { requireSessionAccess, type SessionAccess } from "./session-policy";
import { findSession, type Session } from "./session-repository";

/**
 * One session, for somebody who wants `access` to it.
 * @throws AppError `not_found`, or `forbidden` when it is somebody else's
 */
export async function getSession(
  { db }: { readonly db: DatabaseOrTransaction },
  actor: Actor,
  sessionId: string,
  access: SessionAccess = "view",
): Promise<Session> {
  const session = await findSession(db, sessionId);
  if (session === null) {
    throw new AppError("not_found", "There is no such session. Open one from the apps page.");
  }
  requireSessionAccess(actor, access, session);
  return session;
}
