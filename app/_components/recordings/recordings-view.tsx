"use client";

import type { ReactNode } from "react";
import {
  RECORDING_STATUSES,
  type RecordingJson,
  recordingSchema,
} from "@/lib/recordings/recording-schema";
import type { Page } from "../api-client";
import { ListCount } from "../list/list-count";
import { SearchField } from "../list/search-field";
import { useLivePages } from "../list/use-live-pages";
import { useUrlFilters } from "../list/use-url-filters";
import { PageFrame } from "../shell/page-frame";
import { classes } from "../ui/classes";
import { FilterChip } from "../ui/filter-chip";
import { StatusBadge } from "../ui/status-badge";
import { MAX_SEARCH_LENGTH, parseStatuses, toggleStatus } from "./recording-filters";
import { RecordingList } from "./recording-list";
import { isLive } from "./recording-meaning";

interface RecordingsViewProps {
  readonly title: string;
  readonly tabs?: ReactNode;
  readonly first: Page<RecordingJson>;
  /** The first page's address in the API. */
  readonly path: string;
  readonly everybody: boolean;
}

const rowPath = (id: string) => `/api/recordings/${id}`;

/** Title and count, search, filter chips and the list they belong to. */
export function RecordingsView({ title, tabs, first, path, everybody }: RecordingsViewProps) {
  const pages = useLivePages({ first, path, schema: recordingSchema, rowPath, isLive });
  const filters = useUrlFilters();
  const search = filters.get("q");
  const status = filters.get("status");
  const statuses = parseStatuses(status);
  return (
    <PageFrame
      title={title}
      tabs={tabs}
      note={<ListCount shown={pages.rows.length} hasMore={pages.hasMore} />}
    >
      <search className="mb-3 flex flex-wrap items-center gap-2">
        <SearchField
          label="Search recordings"
          value={search}
          maxLength={MAX_SEARCH_LENGTH}
          onSearch={(text) => filters.set({ q: text })}
        />
        <div role="group" aria-label="State" className="flex flex-wrap gap-1.5">
          {RECORDING_STATUSES.map((each) => (
            <FilterChip
              key={each}
              pressed={statuses.includes(each)}
              onPress={() => filters.set({ status: toggleStatus(status, each) })}
            >
              <StatusBadge status={each} still />
            </FilterChip>
          ))}
        </div>
      </search>
      <div className={classes("transition-opacity", filters.pending && "opacity-55")}>
        <RecordingList
          pages={pages}
          everybody={everybody}
          filtered={search !== "" || statuses.length > 0}
          onClearFilters={() => filters.set({ q: "", status: "" })}
        />
      </div>
    </PageFrame>
  );
}
