import type { Metadata } from "next";
import { Suspense } from "react";
import { listedAuditEventToJson } from "@/lib/audit/audit-event-json";
import { listAuditEvents } from "@/lib/audit/list-audit-events";
import { requirePage } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { auditFiltersOf, auditListQuery } from "@/lib/http/audit-list";
import { AdminTabs } from "../../../_components/admin/admin-tabs";
import { auditQueryOf } from "../../../_components/audit/audit-filters";
import { AuditSkeleton } from "../../../_components/audit/audit-skeleton";
import { AuditView } from "../../../_components/audit/audit-view";
import { firstPage, LIST_PAGE_SIZE, listPath } from "../../../_components/list/first-page";
import { addressOf, type PageSearch, searchText } from "../../../_components/page-search";

export const metadata: Metadata = { title: "Audit" };

interface AuditPageProps {
  readonly searchParams: PageSearch;
}

export default async function AuditPage({ searchParams }: AuditPageProps) {
  await requirePage("/admin/audit", addressOf("/admin/audit", await searchParams));
  return (
    <Suspense fallback={<AuditSkeleton tabs={<AdminTabs />} />}>
      <Trail searchParams={searchParams} />
    </Suspense>
  );
}

async function Trail({ searchParams }: AuditPageProps) {
  const search = await searchParams;
  const query = auditQueryOf((name) => searchText(search, name));
  const path = listPath("/api/admin/audit", query);
  const chosen = Object.entries(query).filter(([, value]) => value !== "");
  const filters = auditFiltersOf(auditListQuery.parse(Object.fromEntries(chosen)));
  const { events, next } = await listAuditEvents(services(), { filters, limit: LIST_PAGE_SIZE });
  return (
    <AuditView
      tabs={<AdminTabs />}
      first={firstPage(path, events, next, listedAuditEventToJson)}
      path={path}
    />
  );
}
