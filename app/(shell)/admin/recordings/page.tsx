import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { requirePage } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { clustersSeen } from "@/lib/sessions/list-clusters";
import { AdminTabs } from "../../../_components/admin/admin-tabs";
import { addressOf, type PageSearch } from "../../../_components/page-search";
import { RecordingsPage } from "../../../_components/recordings/recordings-page";
import { RecordingsSkeleton } from "../../../_components/recordings/recordings-skeleton";

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
  const shape = { ...frame, clusters: clustersSeen(actor, "recording.view") };
  return (
    <Suspense fallback={<RecordingsSkeleton {...shape} everybody />}>
      <RecordingsPage {...frame} actor={actor} scope="all" searchParams={searchParams} />
    </Suspense>
  );
}
