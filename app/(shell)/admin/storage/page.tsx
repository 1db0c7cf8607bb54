import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { type Actor, may } from "@/lib/auth/permissions";
import { requirePage } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { viewStorage } from "@/lib/operations/view-storage";
import { AdminTabs } from "../../../_components/admin/admin-tabs";
import { StoragePage } from "../../../_components/storage/storage-page";
import { StorageSkeleton } from "../../../_components/storage/storage-skeleton";

export const metadata: Metadata = { title: "Storage & jobs" };

export default async function AdminStoragePage() {
  const actor = await requirePage("/admin/storage");
  if (!services().config.recording.enabled) notFound();
  return (
    <Suspense fallback={<StorageSkeleton tabs={<AdminTabs />} />}>
      <CurrentState actor={actor} />
    </Suspense>
  );
}

async function CurrentState({ actor }: { readonly actor: Actor }) {
  return (
    <StoragePage
      tabs={<AdminTabs />}
      first={await viewStorage(services())}
      mayRetry={may(actor, "job.run")}
    />
  );
}
