"use client";

import { RECORDING_FLAGS, RECORDING_STATUSES } from "@/lib/recordings/recording-schema";
import { ClusterFilter } from "../list/cluster-filter";
import { FoldingFilters } from "../list/folding-filters";
import { SearchField } from "../list/search-field";
import type { UrlFilters } from "../list/use-url-filters";
import { ValueFilter } from "../list/value-filter";
import { FilterChip } from "../ui/filter-chip";
import { Select } from "../ui/select";
import { StatusBadge } from "../ui/status-badge";
import {
  MAX_SEARCH_LENGTH,
  parseFlags,
  parseStatuses,
  RECORDING_FILTERS,
  toggleFlag,
  toggleStatus,
} from "./recording-filters";
import { FLAG_WORDS } from "./recording-meaning";

export interface AppChoice {
  readonly id: string;
  readonly name: string;
}

interface RecordingFilterBarProps {
  readonly filters: UrlFilters;
  /** Whose, of which app and cluster, of when and how large can be asked of everybody's recordings. */
  readonly everybody: boolean;
  readonly apps: readonly AppChoice[];
  readonly clusters: readonly string[];
}

/** Search and the filters of a list of recordings. All of it lives in the address. */
export function RecordingFilterBar(props: RecordingFilterBarProps) {
  const { filters, everybody, apps, clusters } = props;
  const status = filters.get("status");
  return (
    <search className="mb-3 flex flex-wrap items-center gap-2">
      <SearchField
        label="Search recordings"
        value={filters.get("q")}
        maxLength={MAX_SEARCH_LENGTH}
        onSearch={(text) => filters.set({ q: text })}
      />
      <FoldingFilters active={FOLDED.filter((name) => filters.get(name) !== "").length}>
        <div role="group" aria-label="State" className="flex flex-wrap gap-1.5">
          {RECORDING_STATUSES.map((each) => (
            <FilterChip
              key={each}
              pressed={parseStatuses(status).includes(each)}
              onPress={() => filters.set({ status: toggleStatus(status, each) })}
            >
              <StatusBadge status={each} still />
            </FilterChip>
          ))}
        </div>
        {everybody && <EverybodyFilters filters={filters} apps={apps} clusters={clusters} />}
      </FoldingFilters>
    </search>
  );
}

/** All but the search. */
const FOLDED = RECORDING_FILTERS.filter((name) => name !== "q");
const ANY_APP = "any";

type EverybodyFiltersProps = Pick<RecordingFilterBarProps, "filters" | "apps" | "clusters">;

function EverybodyFilters({ filters, apps, clusters }: EverybodyFiltersProps) {
  const flags = filters.get("flags");
  return (
    <>
      <div role="group" aria-label="Flags" className="flex flex-wrap gap-1.5">
        {RECORDING_FLAGS.map((flag) => (
          <FilterChip
            key={flag}
            pressed={parseFlags(flags).includes(flag)}
            onPress={() => filters.set({ flags: toggleFlag(flags, flag) })}
          >
            {FLAG_WORDS[flag]}
          </FilterChip>
        ))}
      </div>
      <SearchField
        label="Whole user name"
        value={filters.get("user")}
        maxLength={MAX_SEARCH_LENGTH}
        onSearch={(user) => filters.set({ user })}
        beside
      />
      <Select
        label="App"
        value={filters.get("app") || ANY_APP}
        onChange={(app) => filters.set({ app: app === ANY_APP ? "" : app })}
        options={[
          { value: ANY_APP, label: "Any app" },
          ...apps.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <ClusterFilter filters={filters} clusters={clusters} />
      <ValueFilter filters={filters} name="from" label="From day (UTC)" type="date" />
      <ValueFilter filters={filters} name="to" label="To day (UTC)" type="date" />
      <ValueFilter filters={filters} name="min" label="At least, MiB" type="number" />
      <ValueFilter filters={filters} name="max" label="At most, MiB" type="number" />
    </>
  );
}
