import { exportAuditEvents } from "@/lib/audit/export-audit-events";
import { auditExportQuery, auditExportResponse, auditFiltersOf } from "@/lib/http/audit-list";
import { route } from "@/lib/http/route";

export const GET = route(
  "GET /api/admin/audit/export",
  { query: auditExportQuery },
  async ({ actor, client, query, services }) => {
    const { format } = query;
    const input = { filters: auditFiltersOf(query), format };
    const batches = exportAuditEvents(services, { actor, client }, input);
    return await auditExportResponse(batches, format);
  },
);
