import type { DatabaseOrTransaction } from "@/lib/db/database";
import { type PagePosition, toPage } from "@/lib/db/page";
import { type AuditPageQuery, findAuditEvents, type WrittenAuditEvent } from "./audit-repository";
import { findTargetNames } from "./target-names";

export interface ListedAuditEvent extends WrittenAuditEvent {
  /** What the target is called now; null when it is gone, or has no name. */
  readonly targetName: string | null;
}

export interface AuditPage {
  readonly events: readonly ListedAuditEvent[];
  /** Where the next page begins; null when this is the last. */
  readonly next: PagePosition | null;
}

/** One page of the audit trail, newest first. */
export async function listAuditEvents(
  { db }: { readonly db: DatabaseOrTransaction },
  query: AuditPageQuery,
): Promise<AuditPage> {
  const found = await findAuditEvents(db, { ...query, limit: query.limit + 1 });
  const { rows, next } = toPage(found, query.limit);
  const nameOf = await findTargetNames(db, rows);
  return { events: rows.map((event) => ({ ...event, targetName: nameOf(event) })), next };
}
