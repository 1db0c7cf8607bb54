import { z } from "zod";
import { AUDIT_ACTIONS } from "@/lib/audit/audit-action";
import { auditEventToJson } from "@/lib/audit/audit-event-json";
import { MAX_SEARCH_LENGTH } from "@/lib/audit/audit-event-schema";
import type { AuditFilters, WrittenAuditEvent } from "@/lib/audit/audit-repository";
import { csvResponse } from "./csv";
import { pageQueryOf } from "./pagination";
import { streamedDownload } from "./streamed-download";

const time = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  .transform((text) => new Date(text));

const filters = {
  actor: z.string().max(512).optional(),
  /** One action or several, separated by commas. */
  action: z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(z.enum(AUDIT_ACTIONS)))
    .optional(),
  target_type: z.string().max(64).optional(),
  target_id: z.string().max(512).optional(),
  from: time.optional(),
  to: time.optional(),
  q: z.string().max(MAX_SEARCH_LENGTH).optional(),
};

/** The query of the list. Times are ISO 8601; a bare date is its midnight in UTC. */
export const auditListQuery = z.object({
  ...pageQueryOf(z.string().regex(/^\d{1,18}$/)),
  ...filters,
});

export const auditExportQuery = z.object({ format: z.enum(["csv", "jsonl"]), ...filters });

export function auditFiltersOf(query: z.infer<typeof auditExportQuery> | AuditListQuery) {
  const { actor, action, target_type, target_id, from, to, q } = query;
  return {
    ...{ actor, actions: action, targetType: target_type, targetId: target_id },
    ...{ from, to, text: q },
  } satisfies AuditFilters;
}
type AuditListQuery = z.infer<typeof auditListQuery>;

/** The trail as a file, made while it is sent. */
export async function auditExportResponse(
  batches: AsyncIterable<readonly WrittenAuditEvent[]>,
  format: "csv" | "jsonl",
): Promise<Response> {
  const filename = `audit-${new Date().toISOString().slice(0, 10)}.${format}`;
  if (format === "csv") return await csvResponse({ filename, columns: CSV_COLUMNS, batches });
  const contentType = "application/jsonl; charset=utf-8";
  return await streamedDownload(jsonLines(batches), { filename, contentType });
}

const CSV_COLUMNS = {
  id: ({ id }: WrittenAuditEvent) => BigInt(id),
  time: ({ createdAt }: WrittenAuditEvent) => createdAt,
  actor: ({ actorName }: WrittenAuditEvent) => actorName,
  actor_id: ({ actorId }: WrittenAuditEvent) => actorId,
  action: ({ action }: WrittenAuditEvent) => action,
  summary: (event: WrittenAuditEvent) => auditEventToJson(event).summary,
  target_type: ({ targetType }: WrittenAuditEvent) => targetType,
  target_id: ({ targetId }: WrittenAuditEvent) => targetId,
  ip: ({ ip }: WrittenAuditEvent) => ip,
  user_agent: ({ userAgent }: WrittenAuditEvent) => userAgent,
  detail: ({ detail }: WrittenAuditEvent) => JSON.stringify(detail),
};

async function* jsonLines(
  batches: AsyncIterable<readonly WrittenAuditEvent[]>,
): AsyncGenerator<string> {
  for await (const events of batches) {
    yield events.map((event) => `${JSON.stringify(auditEventToJson(event))}\n`).join("");
  }
}
