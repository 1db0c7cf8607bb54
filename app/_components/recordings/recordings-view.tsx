"use client";

import { FileDown } from "lucide-react";
import { type ReactNode, useCallback } from "react";
import { type RecordingJson, recordingSchema } from "@/lib/recordings/recording-schema";
import type { Page } from "../api-client";
import { ListCount } from "../list/list-count";
import { useLivePages } from "../list/use-live-pages";
import { type UrlFilters, useUrlFilters } from "../list/use-url-filters";
import { PageFrame } from "../shell/page-frame";
import { buttonClasses } from "../ui/button";
import { classes } from "../ui/classes";
import { ColumnMenu } from "./column-menu";
import { useChosenColumns } from "./column-choices";
import { PlayDialog } from "./play-dialog";
import { type AppChoice, RecordingFilterBar } from "./recording-filter-bar";
import { parseSort, RECORDING_FILTERS, recordingQueryOf } from "./recording-filters";
import { RecordingList } from "./recording-list";
import { isLive } from "./recording-meaning";
import { orderOf } from "./recording-order";

interface RecordingsViewProps {
  readonly title: string;
  readonly tabs?: ReactNode;
  readonly first: Page<RecordingJson>;
  /** The first page's address in the API. */
  readonly path: string;
  readonly everybody: boolean;
  readonly apps: readonly AppChoice[];
  readonly clusters: readonly string[];
}

const rowPath = (id: string) => `/api/recordings/${id}`;
const pageOf = ({ id }: RecordingJson) => `/recordings/${id}`;
const NO_FILTER = Object.fromEntries(RECORDING_FILTERS.map((name) => [name, ""]));

/** Title and count, search, filters and the list they belong to. */
export function RecordingsView(props: RecordingsViewProps) {
  const { title, tabs, first, path, everybody, apps, clusters } = props;
  const filters = useUrlFilters();
  const sort = parseSort(filters.get("sort"));
  const pages = useLivePages({
    ...{ first, path, schema: recordingSchema, rowPath, isLive, order: orderOf(sort) },
  });
  const columns = useChosenColumns();
  const playing = usePlayHref(filters);
  return (
    <PageFrame
      title={title}
      tabs={tabs}
      note={<ListCount shown={pages.rows.length} hasMore={pages.hasMore} />}
      actions={
        everybody && (
          <>
            <ExportLink filters={filters} />
            <ColumnMenu shown={columns.shown} toggle={columns.toggle} />
          </>
        )
      }
    >
      <RecordingFilterBar {...{ filters, everybody, apps, clusters }} />
      <div className={classes("transition-opacity", filters.pending && "opacity-55")}>
        <RecordingList
          pages={pages}
          everybody={everybody}
          order={{ sort, onSort: (next) => filters.set({ sort: next === "newest" ? "" : next }) }}
          columns={everybody ? columns : null}
          hrefOf={everybody ? playing : pageOf}
          filtered={RECORDING_FILTERS.some((name) => filters.get(name) !== "")}
          onClearFilters={() => filters.set(NO_FILTER)}
        />
      </div>
      {everybody && (
        <PlayDialog id={filters.get("play")} onClose={() => filters.set({ play: "" })} />
      )}
    </PageFrame>
  );
}

/** The list's own address with a recording playing over it. */
function usePlayHref({ get }: UrlFilters) {
  const address = new URLSearchParams(
    [...RECORDING_FILTERS, "sort"]
      .map((name) => [name, get(name)] as [string, string])
      .filter(([, value]) => value !== ""),
  ).toString();
  return useCallback(
    ({ id }: RecordingJson) => `?${address}${address === "" ? "" : "&"}play=${id}`,
    [address],
  );
}

/** Everything that the filters show, not only what is loaded. */
function ExportLink({ filters }: { readonly filters: UrlFilters }) {
  const query = Object.entries(recordingQueryOf(filters.get)).filter(([, value]) => value !== "");
  return (
    <a
      href={`/api/admin/recordings/export?${new URLSearchParams(query).toString()}`}
      download
      title="All recordings that the filters show, as a table"
      className={buttonClasses()}
    >
      <FileDown aria-hidden className="size-4" />
      CSV
    </a>
  );
}
