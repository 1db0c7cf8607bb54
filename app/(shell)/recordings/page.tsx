import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { requirePage } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { addressOf, type PageSearch } from "../../_components/page-search";
import { RecordingsPage } from "../../_components/recordings/recordings-page";
import { RecordingsSkeleton } from "../../_components/recordings/recordings-skeleton";

export const metadata: Metadata = { title: "Recordings" };

interface MyRecordingsProps {
  readonly searchParams: PageSearch;
}

export default async function MyRecordingsPage({ searchParams }: MyRecordingsProps) {
  const actor = await requirePage("/recordings", addressOf("/recordings", await searchParams));
  if (!services().config.recording.enabled) notFound();
  return (
    <Suspense fallback={<RecordingsSkeleton title="Recordings" everybody={false} />}>
      <RecordingsPage title="Recordings" actor={actor} scope="own" searchParams={searchParams} />
    </Suspense>
  );
}
