import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { requirePage } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { ListSkeleton } from "../../_components/list/list-skeleton";
import type { PageSearch } from "../../_components/page-search";
import { RecordingsPage } from "../../_components/recordings/recordings-page";
import { PageFrame } from "../../_components/shell/page-frame";

export const metadata: Metadata = { title: "Recordings" };

export default async function MyRecordingsPage({
  searchParams,
}: {
  readonly searchParams: PageSearch;
}) {
  const actor = await requirePage("/recordings");
  if (!services().config.recording.enabled) notFound();
  return (
    <PageFrame title="Recordings">
      <Suspense
        fallback={
          <ListSkeleton
            label="Recordings"
            hasFilters
            headers={["Name", "State", "Duration", "Size", "Started"]}
          />
        }
      >
        <RecordingsPage actor={actor} scope="own" searchParams={searchParams} />
      </Suspense>
    </PageFrame>
  );
}
