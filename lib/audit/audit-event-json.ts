import { isAuditAction, WORDS_BY_ACTION } from "./audit-action";
import type { AuditEventJson, ListedAuditEventJson } from "./audit-event-schema";
import type { WrittenAuditEvent } from "./audit-repository";
import type { ListedAuditEvent } from "./list-audit-events";

/** An event as the export writes it. */
export function auditEventToJson(event: WrittenAuditEvent): AuditEventJson {
  const { action } = event;
  return {
    id: event.id,
    created_at: event.createdAt.toISOString(),
    actor_id: event.actorId,
    actor_name: event.actorName,
    action,
    summary: isAuditAction(action) ? WORDS_BY_ACTION[action] : action,
    target_type: event.targetType,
    target_id: event.targetId,
    ip: event.ip,
    user_agent: event.userAgent,
    detail: event.detail,
  };
}

/** An event as the list answers it. */
export function listedAuditEventToJson(event: ListedAuditEvent): ListedAuditEventJson {
  return { ...auditEventToJson(event), target_name: event.targetName };
}
