import { listAuditEvents } from "@/lib/audit/list-audit-events";
import { listedAuditEventToJson } from "@/lib/audit/audit-event-json";
import { auditFiltersOf, auditListQuery } from "@/lib/http/audit-list";
import { nextLink } from "@/lib/http/pagination";
import { route } from "@/lib/http/route";

export const GET = route(
  "GET /api/admin/audit",
  { query: auditListQuery },
  async ({ request, query, services }) => {
    const { limit, cursor: after } = query;
    const filters = auditFiltersOf(query);
    const { events, next } = await listAuditEvents(services, { filters, limit, after });
    const headers = new Headers();
    if (next !== null) headers.set("link", nextLink(request, next));
    return Response.json(events.map(listedAuditEventToJson), { headers });
  },
);
