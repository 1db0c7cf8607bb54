"use client";

import { ClusterFilter } from "../list/cluster-filter";
import { SearchField } from "../list/search-field";
import type { UrlFilters } from "../list/use-url-filters";
import { FilterChip } from "../ui/filter-chip";
import { Select } from "../ui/select";
import { parseSessionStatuses, toggleSessionStatus } from "./session-filters";

export interface NamedApp {
  readonly id: string;
  readonly name: string;
}

interface SessionFilterBarProps {
  readonly filters: UrlFilters;
  readonly apps: readonly NamedApp[];
  readonly clusters: readonly string[];
}

const CHIPS = [
  { status: "creating", label: "Starting" },
  { status: "running", label: "Running" },
  { status: "ended", label: "Ended" },
  { status: "failed", label: "Failed" },
] as const;

/** Whose sessions, of which app and cluster, and how they stand. All of it lives in the address. */
export function SessionFilterBar({ filters, apps, clusters }: SessionFilterBarProps) {
  const statuses = filters.get("status");
  const chosen = parseSessionStatuses(statuses);
  return (
    <search className="mb-3 flex flex-wrap items-center gap-2">
      <SearchField
        label="Search by user name"
        value={filters.get("user")}
        maxLength={64}
        onSearch={(user) => filters.set({ user })}
      />
      <Select
        label="App"
        options={[
          { value: "", label: "Any app" },
          ...apps.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        value={filters.get("app_id")}
        onChange={(appId) => filters.set({ app_id: appId })}
      />
      <ClusterFilter filters={filters} clusters={clusters} />
      {CHIPS.map(({ status, label }) => (
        <FilterChip
          key={status}
          pressed={chosen.includes(status)}
          onPress={() => filters.set({ status: toggleSessionStatus(statuses, status) })}
        >
          {label}
        </FilterChip>
      ))}
    </search>
  );
}
