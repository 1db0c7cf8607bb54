import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { requirePage } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { ListSkeleton } from "../../_components/list/list-skeleton";
import { addressOf, type PageSearch } from "../../_components/page-search";
import { RecordingsPage } from "../../_components/recordings/recordings-page";

export const metadata: Metadata = { title: "Recordings" };

interface MyRecordingsProps {
  readonly searchParams: PageSearch;
}

export default async function MyRecordingsPage({ searchParams }: MyRecordingsProps) {
  const actor = await requirePage("/recordings", addressOf("/recordings", await searchParams));
  if (!services().config.recording.enabled) notFound();
  const headers = ["Name", "State", "Duration", "Size", "Started"];
  return (
    <Suspense fallback={<ListSkeleton title="Recordings" hasFilters headers={headers} />}>
      <RecordingsPage title="Recordings" actor={actor} scope="own" searchParams={searchParams} />
    </Suspense>
  );
}
