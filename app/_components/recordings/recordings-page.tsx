import type { ReactNode } from "react";
import type { Actor } from "@/lib/auth/permissions";
import { services } from "@/lib/composition/services";
import { listRecordings } from "@/lib/recordings/list-recordings";
import { encodeRecordingCursor } from "@/lib/http/recording-cursor";
import { recordingToJson } from "@/lib/recordings/recording-json";
import { LIST_PAGE_SIZE, listPath, pageOf } from "../list/first-page";
import { type PageSearch, searchText } from "../page-search";
import { MAX_SEARCH_LENGTH, parseStatuses } from "./recording-filters";
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
  const text = searchText(search, "q").slice(0, MAX_SEARCH_LENGTH);
  const statuses = parseStatuses(searchText(search, "status"));
  const path = listPath(API_PATHS[scope], { q: text, status: statuses.join(",") });
  const { recordings, next } = await listRecordings(services(), actor, {
    scope,
    filters: {
      ...(text === "" ? {} : { text }),
      ...(statuses.length === 0 ? {} : { status: statuses }),
    },
    limit: LIST_PAGE_SIZE,
  });
  const cursor = next === null ? null : encodeRecordingCursor(next);
  return (
    <RecordingsView
      title={title}
      tabs={tabs}
      first={pageOf(path, recordings.map(recordingToJson), cursor)}
      path={path}
      everybody={scope === "all"}
    />
  );
}
