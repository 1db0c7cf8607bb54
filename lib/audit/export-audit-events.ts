import type { Actor } from "@/lib/auth/permissions";
import type { Database } from "@/lib/db/database";
import type { PagePosition } from "@/lib/db/page";
import { type AuditFilters, findAuditEvents, type WrittenAuditEvent } from "./audit-repository";
import { type Client, recordAuditEvent } from "./record-audit-event";

/** Large enough that the database is asked seldom, small enough that a batch is a few hundred KiB. */
const BATCH_EVENTS = 1_000;

interface ExportInput {
  readonly filters: AuditFilters;
  readonly format: "csv" | "jsonl";
}

/**
 * All events that match, newest first, in batches that are read as they are wanted. That somebody takes the
 * trail out of the product is itself an event in it, and comes first.
 */
export async function* exportAuditEvents(
  { db }: { readonly db: Database },
  by: { readonly actor: Actor; readonly client: Client },
  { filters, format }: ExportInput,
): AsyncGenerator<readonly WrittenAuditEvent[]> {
  const detail = { format, ...spelled(filters) };
  await recordAuditEvent(db, { ...by, action: "audit.export", detail });
  let after: PagePosition | undefined;
  for (;;) {
    const events = await findAuditEvents(db, { filters, limit: BATCH_EVENTS, after });
    if (events.length > 0) yield events;
    if (events.length < BATCH_EVENTS) return;
    after = events.at(-1);
  }
}

/** The filters that are on, as details of the event. */
function spelled(filters: AuditFilters): Record<string, string> {
  const { actor, actions, targetType, targetId, from, to, text } = filters;
  const entries = {
    actor,
    actions: actions?.join(","),
    target_type: targetType,
    target_id: targetId,
    from: from?.toISOString(),
    to: to?.toISOString(),
    text,
  };
  return Object.fromEntries(
    Object.entries(entries).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
