import { AUDIT_ACTIONS, type AuditAction } from "@/lib/audit/audit-action";
import { MAX_SEARCH_LENGTH, MIN_WORD_LENGTH } from "@/lib/audit/audit-event-schema";

/** What the address of the audit page may hold. Days are UTC's; `to` is the last one that is shown. */
export const AUDIT_FILTERS = [
  "q",
  "actor",
  "action",
  "target_type",
  "target_id",
  "from",
  "to",
] as const;
export type AuditFilter = (typeof AUDIT_FILTERS)[number];

const DAY_MS = 86_400_000;
const MAX_NAME_LENGTH = 64;

/** The API's query for an address: what the API would refuse is left out. */
export function auditQueryOf(get: (filter: AuditFilter) => string): Record<AuditFilter, string> {
  return {
    q: get("q").slice(0, MAX_SEARCH_LENGTH),
    actor: get("actor").slice(0, MAX_NAME_LENGTH),
    action: parseActions(get("action")).join(","),
    target_type: get("target_type").slice(0, MAX_NAME_LENGTH),
    target_id: get("target_id").slice(0, MAX_NAME_LENGTH),
    from: parseDay(get("from"))?.toISOString() ?? "",
    to: dayAfter(parseDay(get("to")))?.toISOString() ?? "",
  };
}

/** The actions an address asks for, `recording.view,recording.download`; unknown words are left out. */
export function parseActions(text: string): readonly AuditAction[] {
  const words = text.split(",");
  return AUDIT_ACTIONS.filter((action) => words.includes(action));
}

/** The same address with one action more or less. */
export function toggleAction(text: string, action: AuditAction): string {
  const actions = parseActions(text);
  const next = actions.includes(action)
    ? actions.filter((each) => each !== action)
    : [...actions, action];
  return next.join(",");
}

/** Whether something is to be searched for that is too short to be. */
export function isSearchTooShort(text: string): boolean {
  const words = text.split(/\s+/).filter(Boolean);
  return words.length > 0 && words.every((word) => word.length < MIN_WORD_LENGTH);
}

/** The audit page with some filters and no others. */
export function auditHref(filters: Readonly<Partial<Record<AuditFilter, string>>>): string {
  return `/admin/audit?${new URLSearchParams(filters).toString()}`;
}

/** Midnight of a day such as `2026-11-21`; null for anything else. */
function parseDay(text: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const day = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(day.getTime()) ? null : day;
}

function dayAfter(day: Date | null): Date | null {
  return day === null ? null : new Date(day.getTime() + DAY_MS);
}
