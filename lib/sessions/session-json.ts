import { closeMessage } from "./close-reason";
import type { Session } from "./session-repository";
import type { SessionJson } from "./session-schema";

/** A session as the API answers it: every field is picked, so nothing internal slips out. */
export function sessionToJson(
  session: Session,
  { queuePlace = null }: { readonly queuePlace?: number | null } = {},
): SessionJson {
  return {
    id: session.id,
    app_id: session.appId,
    app_name: session.appName,
    app_kind: session.appKind,
    cluster: session.cluster,
    user_id: session.userId,
    username: session.username,
    status: session.status,
    close_reason: session.closeReason,
    close_message:
      session.closeReason === null ? null : closeMessage(session.closeReason, session.closeDetail),
    queue_place: queuePlace,
    created_at: session.createdAt.toISOString(),
    started_at: session.startedAt?.toISOString() ?? null,
    ended_at: session.endedAt?.toISOString() ?? null,
    held: session.isHeld,
  };
}
