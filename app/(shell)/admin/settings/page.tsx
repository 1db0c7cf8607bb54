import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { requirePage } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { countRunning } from "@/lib/sessions/session-repository";
import { viewRetention } from "@/lib/retention/view-retention";
import { viewSettings } from "@/lib/settings/view-settings";
import { AdminTabs } from "../../../_components/admin/admin-tabs";
import { RetentionSection } from "../../../_components/admin/retention/retention-section";
import { SettingsForm, SettingsSkeleton } from "../../../_components/admin/settings-form";
import { PageFrame } from "../../../_components/shell/page-frame";

export const metadata: Metadata = { title: "Settings" };

export default async function AdminSettingsPage() {
  await requirePage("/admin/settings");
  // All there is to set is about recordings.
  if (!services().config.recording.enabled) notFound();
  return (
    <PageFrame title="Settings" tabs={<AdminTabs />} width="form">
      <Suspense fallback={<SettingsSkeleton />}>
        <CurrentSettings />
      </Suspense>
    </PageFrame>
  );
}

async function CurrentSettings() {
  const [settings, retention, runningSessions] = await Promise.all([
    viewSettings(services()),
    viewRetention(services()),
    countRunning(services().db),
  ]);
  return (
    <>
      <SettingsForm initial={settings} runningSessions={runningSessions} />
      <RetentionSection initial={retention} />
    </>
  );
}
