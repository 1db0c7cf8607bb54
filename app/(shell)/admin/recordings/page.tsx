import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { requirePage } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { AdminTabs } from "../../../_components/admin/admin-tabs";
import { ListSkeleton } from "../../../_components/list/list-skeleton";
import type { PageSearch } from "../../../_components/page-search";
import { RecordingsPage } from "../../../_components/recordings/recordings-page";
import { PageFrame } from "../../../_components/shell/page-frame";

export const metadata: Metadata = { title: "All recordings" };

export default async function AdminRecordingsPage({
  searchParams,
}: {
  readonly searchParams: PageSearch;
}) {
  const actor = await requirePage("/admin/recordings");
  if (!services().config.recording.enabled) notFound();
  return (
    <PageFrame title="Admin">
      <AdminTabs recordingEnabled />
      <Suspense
        fallback={
          <ListSkeleton
            label="Recordings"
            hasFilters
            headers={["Name", "User", "State", "Duration", "Size", "Started"]}
          />
        }
      >
        <RecordingsPage actor={actor} scope="all" searchParams={searchParams} />
      </Suspense>
    </PageFrame>
  );
}
