import type { Metadata } from "next";
import { Suspense } from "react";
import type { Actor } from "@/lib/auth/permissions";
import { requirePage } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { listSessions } from "@/lib/sessions/list-sessions";
import { sessionToJson } from "@/lib/sessions/session-json";
import { firstPage, LIST_PAGE_SIZE, listPath } from "../../_components/list/first-page";
import { ListSkeleton } from "../../_components/list/list-skeleton";
import { SessionList } from "../../_components/sessions/session-list";

export const metadata: Metadata = { title: "Sessions" };

export default async function SessionsPage() {
  const actor = await requirePage("/sessions");
  const headers = ["App", "State", "Session", "Duration", "Started"];
  return (
    <Suspense fallback={<ListSkeleton title="Sessions" headers={headers} />}>
      <MySessions actor={actor} />
    </Suspense>
  );
}

async function MySessions({ actor }: { readonly actor: Actor }) {
  const path = listPath("/api/sessions");
  const { sessions, next } = await listSessions(services(), actor, { limit: LIST_PAGE_SIZE });
  return (
    <SessionList
      first={firstPage(path, sessions, next, sessionToJson)}
      path={path}
      panel={null}
      recordingEnabled={services().config.recording.enabled}
    />
  );
}
