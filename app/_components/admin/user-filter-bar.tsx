"use client";

import { MAX_NAME_LENGTH } from "@/lib/users/user-schema";
import { FoldingFilters } from "../list/folding-filters";
import { SearchField } from "../list/search-field";
import type { UrlFilters } from "../list/use-url-filters";
import { FilterChip } from "../ui/filter-chip";
import { Select } from "../ui/select";
import { StatusBadge } from "../ui/status-badge";
import { ROLE_OPTIONS } from "./roles";
import { userQueryOf } from "./user-filters";

const STATES = [
  { status: "active", disabled: "false" },
  { status: "disabled", disabled: "true" },
] as const;

/** Who, of which role, and whether they can sign in. All of it lives in the address. */
export function UserFilterBar({ filters }: { readonly filters: UrlFilters }) {
  const { role, disabled } = userQueryOf(filters.get);
  return (
    <search className="mb-3 flex flex-wrap items-center gap-2">
      <SearchField
        label="Search users"
        value={filters.get("q")}
        maxLength={MAX_NAME_LENGTH}
        onSearch={(q) => filters.set({ q })}
      />
      <FoldingFilters active={[role, disabled].filter((value) => value !== "").length}>
        <Select
          label="Role"
          options={[
            { value: "", label: "Any role" },
            ...ROLE_OPTIONS.map(({ value, label }) => ({ value, label })),
          ]}
          value={role}
          onChange={(next) => filters.set({ role: next })}
        />
        <div role="group" aria-label="State" className="flex flex-wrap gap-1.5">
          {STATES.map((state) => (
            <FilterChip
              key={state.status}
              pressed={disabled === state.disabled}
              onPress={() =>
                filters.set({ disabled: disabled === state.disabled ? "" : state.disabled })
              }
            >
              <StatusBadge status={state.status} />
            </FilterChip>
          ))}
        </div>
      </FoldingFilters>
    </search>
  );
}
