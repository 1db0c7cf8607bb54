import type { Metadata } from "next";
import { Suspense } from "react";
import type { Actor } from "@/lib/auth/permissions";
import { requirePage } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { listInputOf, sessionListQuery } from "@/lib/http/session-list";
import { listApps } from "@/lib/sessions/list-apps";
import { clustersSeen, listClusters } from "@/lib/sessions/list-clusters";
import { listSessions } from "@/lib/sessions/list-sessions";
import { sessionToJson } from "@/lib/sessions/session-json";
import { AdminTabs } from "../../../_components/admin/admin-tabs";
import { firstPage, LIST_PAGE_SIZE, listPath } from "../../../_components/list/first-page";
import { addressOf, type PageSearch, searchText } from "../../../_components/page-search";
import { AllSessionsSkeleton } from "../../../_components/sessions/all-sessions-skeleton";
import { sessionQueryOf } from "../../../_components/sessions/session-filters";
import { SessionList } from "../../../_components/sessions/session-list";

export const metadata: Metadata = { title: "Sessions" };

interface AdminSessionsPageProps {
  readonly searchParams: PageSearch;
}

export default async function AdminSessionsPage({ searchParams }: AdminSessionsPageProps) {
  const address = addressOf("/admin/sessions", await searchParams);
  const actor = await requirePage("/admin/sessions", address);
  const clusters = clustersSeen(actor, "session.view");
  return (
    <Suspense fallback={<AllSessionsSkeleton tabs={<AdminTabs />} clusters={clusters} />}>
      <AllSessions actor={actor} searchParams={searchParams} />
    </Suspense>
  );
}

interface AllSessionsProps extends AdminSessionsPageProps {
  readonly actor: Actor;
}

async function AllSessions({ actor, searchParams }: AllSessionsProps) {
  const search = await searchParams;
  const query = sessionQueryOf((name) => searchText(search, name));
  const path = listPath("/api/sessions", query);
  const chosen = Object.entries(query).filter(([, value]) => value !== "");
  const input = listInputOf(sessionListQuery.parse(Object.fromEntries(chosen)));
  const [{ sessions, next }, apps, clusters] = await Promise.all([
    listSessions(services(), actor, { ...input, limit: LIST_PAGE_SIZE }),
    listApps(services()),
    listClusters(services(), actor, "session.view"),
  ]);
  return (
    <SessionList
      first={firstPage(path, sessions, next, sessionToJson)}
      path={path}
      panel={{ tabs: <AdminTabs />, apps: apps.map(({ id, name }) => ({ id, name })), clusters }}
      recordingEnabled={services().config.recording.enabled}
    />
  );
}
