import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import type { Actor } from "@/lib/auth/permissions";
import { requirePage } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { listedHoldToJson } from "@/lib/holds/hold-json";
import { listHolds } from "@/lib/holds/list-holds";
import { holdListInputOf, holdListQuery } from "@/lib/http/hold-list";
import { AdminTabs } from "../../../_components/admin/admin-tabs";
import { holdQueryOf } from "../../../_components/holds/hold-filters";
import { HoldList } from "../../../_components/holds/hold-list";
import { HoldListSkeleton } from "../../../_components/holds/hold-list-skeleton";
import { firstPage, LIST_PAGE_SIZE, listPath } from "../../../_components/list/first-page";
import { addressOf, type PageSearch, searchText } from "../../../_components/page-search";

export const metadata: Metadata = { title: "Legal holds" };

interface HoldsPageProps {
  readonly searchParams: PageSearch;
}

export default async function HoldsPage({ searchParams }: HoldsPageProps) {
  const address = addressOf("/admin/holds", await searchParams);
  const actor = await requirePage("/admin/holds", address);
  if (!services().config.recording.enabled) notFound();
  return (
    <Suspense fallback={<HoldListSkeleton tabs={<AdminTabs />} />}>
      <AllHolds actor={actor} searchParams={searchParams} />
    </Suspense>
  );
}

async function AllHolds({ actor, searchParams }: HoldsPageProps & { readonly actor: Actor }) {
  const search = await searchParams;
  const query = holdQueryOf((name) => searchText(search, name));
  const path = listPath("/api/admin/holds", query);
  const chosen = Object.entries(query).filter(([, value]) => value !== "");
  const input = holdListInputOf(holdListQuery.parse(Object.fromEntries(chosen)));
  const { holds, next } = await listHolds(services(), actor, { ...input, limit: LIST_PAGE_SIZE });
  return (
    <HoldList
      tabs={<AdminTabs />}
      first={firstPage(path, holds, next, listedHoldToJson)}
      path={path}
    />
  );
}
