import type { ReactNode } from "react";
import type { Actor } from "@/lib/auth/permissions";
import { services } from "@/lib/composition/services";
import { filtersOf, recordingExportQuery } from "@/lib/http/recording-list";
import { listRecordings } from "@/lib/recordings/list-recordings";
import { encodeRecordingCursor } from "@/lib/http/recording-cursor";
import { recordingToJson } from "@/lib/recordings/recording-json";
import { listApps } from "@/lib/sessions/list-apps";
import { listClusters } from "@/lib/sessions/list-clusters";
import { LIST_PAGE_SIZE, listPath, pageOf } from "../list/first-page";
import { type PageSearch, searchText } from "../page-search";
import { recordingQueryOf } from "./recording-filters";
import { RecordingsView } from "./recordings-view";

interface RecordingsPageProps {
  readonly title: string;
  readonly tabs?: ReactNode;
  readonly actor: Actor;
  readonly scope: "own" | "all";
  readonly searchParams: PageSearch;
}

const API_PATHS = { own: "/api/recordings", all: "/api/admin/recordings" } as const;

/** A list of recordings with the filters of its address, its first page rendered on the server. */
export async function RecordingsPage(props: RecordingsPageProps) {
  const { title, tabs, actor, scope, searchParams } = props;
  const search = await searchParams;
  const asked = recordingQueryOf((name) => searchText(search, name));
  const path = listPath(API_PATHS[scope], asked);
  const query = recordingExportQuery.parse(withoutEmpty(asked));
  const page = { scope, filters: filtersOf(query), sort: query.sort, limit: LIST_PAGE_SIZE };
  const isPanel = scope === "all";
  const [{ recordings, next }, apps, clusters] = await Promise.all([
    listRecordings(services(), actor, page),
    isPanel ? listApps(services()) : [],
    isPanel ? listClusters(services(), actor, "recording.view") : [],
  ]);
  const cursor = next === null ? null : encodeRecordingCursor(next);
  return (
    <RecordingsView
      title={title}
      tabs={tabs}
      first={pageOf(path, recordings.map(recordingToJson), cursor)}
      path={path}
      everybody={isPanel}
      apps={apps.map(({ id, name }) => ({ id, name }))}
      clusters={clusters}
    />
  );
}

function withoutEmpty(query: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ""));
}
