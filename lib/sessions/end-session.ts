import type { Client } from "@/lib/audit/record-audit-event";
import type { Actor } from "@/lib/auth/permissions";
import { type CloseDeps, closeSession } from "./close-session";
import { getSession } from "./get-session";

/**
 * Ends a session at somebody's wish. Harmless when it is over.
 * @throws AppError `not_found`, `forbidden`
 */
export async function endSession(
  deps: CloseDeps,
  actor: Actor,
  client: Client,
  sessionId: string,
): Promise<void> {
  const session = await getSession(deps, actor, sessionId, "end");
  const reason = session.userId === actor.userId ? "user_ended" : "admin_ended";
  await closeSession(deps, session, reason, { actor, client });
}
