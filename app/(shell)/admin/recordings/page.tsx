import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { requirePage } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { AdminTabs } from "../../../_components/admin/admin-tabs";
import { ListSkeleton } from "../../../_components/list/list-skeleton";
import { addressOf, type PageSearch } from "../../../_components/page-search";
import { RecordingsPage } from "../../../_components/recordings/recordings-page";

const title = "All recordings";
export const metadata: Metadata = { title };

interface AllRecordingsProps {
  readonly searchParams: PageSearch;
}

export default async function AllRecordingsPage({ searchParams }: AllRecordingsProps) {
  const actor = await requirePage(
    "/admin/recordings",
    addressOf("/admin/recordings", await searchParams),
  );
  if (!services().config.recording.enabled) notFound();
  const frame = { title, tabs: <AdminTabs /> };
  const headers = ["Name", "User", "State", "Duration", "Size", "Started"];
  return (
    <Suspense fallback={<ListSkeleton {...frame} hasFilters headers={headers} />}>
      <RecordingsPage {...frame} actor={actor} scope="all" searchParams={searchParams} />
    </Suspense>
  );
}
