"use client";

import { RECORDING_STATUSES, type RecordingJson } from "@/lib/recordings/recording-schema";
import type { Page } from "../api-client";
import { SearchField } from "../list/search-field";
import { useUrlFilters } from "../list/use-url-filters";
import { classes } from "../ui/classes";
import { FilterChip } from "../ui/filter-chip";
import { StatusBadge } from "../ui/status-badge";
import { parseStatuses, toggleStatus } from "./recording-filters";
import { RecordingList } from "./recording-list";

interface RecordingsViewProps {
  readonly first: Page<RecordingJson>;
  readonly path: string;
  readonly everybody: boolean;
}

/** Search, filter chips and the list they belong to. */
export function RecordingsView({ first, path, everybody }: RecordingsViewProps) {
  const filters = useUrlFilters();
  const search = filters.get("q");
  const status = filters.get("status");
  const statuses = parseStatuses(status);
  return (
    <>
      <search className="mb-3 flex flex-wrap items-center gap-2">
        <SearchField
          label="Search recordings"
          value={search}
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
          key={path}
          first={first}
          path={path}
          everybody={everybody}
          filtered={search !== "" || statuses.length > 0}
          onClearFilters={() => filters.set({ q: "", status: "" })}
        />
      </div>
    </>
  );
}
