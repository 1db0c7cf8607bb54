import type { Metadata } from "next";
import { Suspense } from "react";
import { requirePage } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { listApps } from "@/lib/sessions/list-apps";
import { AppCatalogue } from "../../_components/apps/app-catalogue";
import { CatalogueSkeleton } from "../../_components/apps/catalogue-skeleton";
import { PageFrame } from "../../_components/shell/page-frame";

export const metadata: Metadata = { title: "Apps" };

export default async function AppsPage() {
  await requirePage("/apps");
  return (
    <PageFrame title="Apps">
      <Suspense fallback={<CatalogueSkeleton />}>
        <Catalogue />
      </Suspense>
    </PageFrame>
  );
}

async function Catalogue() {
  return <AppCatalogue apps={await listApps(services())} />;
}
