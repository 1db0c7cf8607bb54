import type { DatabaseOrTransaction } from "@/lib/db/database";
import type { Logger } from "@/lib/logging/logger";
import type { AuditAction } from "./audit-action";

/** Where a request came from, as far as the server could tell. */
export interface Client {
  readonly ip: string | null;
  readonly userAgent: string | null;
}

export interface AuditEvent {
  /** `userId` is null when nobody is signed in: then the name is the one that was claimed. */
  readonly actor: {
    readonly userId: string | null;
    readonly username: string;
    /** The personal token that did it; the event names it. */
    readonly token?: { readonly id: string; readonly name: string } | null;
  };
  /** Null when the product itself acted. */
  readonly client: Client | null;
  readonly action: AuditAction;
  readonly target?: AuditTarget | null;
  /** Small facts about the event; never a secret. */
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

/** What an event may be about. */
export const AUDIT_TARGETS = ["user", "session", "recording", "setting", "token", "job"] as const;

export interface AuditTarget {
  readonly type: (typeof AUDIT_TARGETS)[number];
  readonly id: string;
}

/** Who is named when the product acts by itself, such as when it seals an abandoned recording. */
export const SYSTEM_ACTOR = { userId: null, username: "system" } as const;

const MAX_TEXT_LENGTH = 512;

/**
 * Adds an event to the audit trail. Pass the transaction that does the thing: then either both
 * happen or neither. Outside a transaction use `recordAuditEventOrLog`.
 */
export async function recordAuditEvent(
  db: DatabaseOrTransaction,
  event: AuditEvent,
): Promise<void> {
  await recordAuditEvents(db, [event]);
}

/** The same for many events at once. */
export async function recordAuditEvents(
  db: DatabaseOrTransaction,
  events: readonly AuditEvent[],
): Promise<void> {
  // One parameter, however many there are: a sweep adds hundreds at a time.
  await db.$executeRaw`
    INSERT INTO "audit_events"
           ("actor_id", "actor_name", "action", "target_type", "target_id", "ip", "user_agent", "detail")
    SELECT * FROM jsonb_to_recordset(${JSON.stringify(events.map(toRow))}::jsonb)
        AS "event" ("actor_id" uuid, "actor_name" text, "action" text, "target_type" text, "target_id" text,
                    "ip" text, "user_agent" text, "detail" jsonb)`;
}

function toRow({ actor, client, action, target = null, detail = {} }: AuditEvent) {
  return {
    actor_id: actor.userId,
    actor_name: actor.username.slice(0, MAX_TEXT_LENGTH),
    action,
    target_type: target?.type ?? null,
    target_id: target?.id ?? null,
    ip: client?.ip ?? null,
    user_agent: client?.userAgent?.slice(0, MAX_TEXT_LENGTH) ?? null,
    detail: { ...detail, ...tokenOf(actor) },
  };
}

function tokenOf({ token }: AuditEvent["actor"]): Record<string, string> {
  return token ? { by_token: token.name, by_token_id: token.id } : {};
}

/**
 * The same for what has already happened and cannot be undone, such as a download: a database that
 * is away must not break it, so the whole event goes to the error log instead, and is not lost.
 */
export async function recordAuditEventOrLog(
  { db, log }: { readonly db: DatabaseOrTransaction; readonly log: Pick<Logger, "error"> },
  event: AuditEvent,
): Promise<void> {
  try {
    await recordAuditEvent(db, event);
  } catch (error) {
    log.error(
      { err: error, auditEvent: event },
      "An audit event could not be saved; it is kept here.",
    );
  }
}
