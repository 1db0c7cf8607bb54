"use client";

import { ChevronsUpDown, X } from "lucide-react";
import { AUDIT_ACTIONS, WORDS_BY_ACTION } from "@/lib/audit/audit-action";
import { MAX_SEARCH_LENGTH } from "@/lib/audit/audit-event-schema";
import { SearchField } from "../list/search-field";
import type { UrlFilters } from "../list/use-url-filters";
import { ValueFilter } from "../list/value-filter";
import { buttonClasses } from "../ui/button";
import { FilterChip } from "../ui/filter-chip";
import { shortId } from "../ui/format";
import { Menu, MenuCheckbox } from "../ui/menu";
import { isSearchTooShort, parseActions, toggleAction } from "./audit-filters";

/** Search, actions, days, and the chips of what else is asked for. All of it lives in the address. */
export function AuditFilterBar({ filters }: { readonly filters: UrlFilters }) {
  return (
    <search className="mb-3 flex flex-wrap items-center gap-2">
      <SearchField
        label="Search names, ids, addresses"
        value={filters.get("q")}
        maxLength={MAX_SEARCH_LENGTH}
        onSearch={(q) => filters.set({ q })}
      />
      <ActionFilter filters={filters} />
      <ValueFilter filters={filters} name="from" label="From day (UTC)" type="date" />
      <ValueFilter filters={filters} name="to" label="To day (UTC)" type="date" />
      <Chips filters={filters} />
      {isSearchTooShort(filters.get("q")) && (
        <p role="status" className="text-ink-muted">
          Search for words of three letters or more.
        </p>
      )}
    </search>
  );
}

function ActionFilter({ filters }: { readonly filters: UrlFilters }) {
  const address = filters.get("action");
  const chosen = parseActions(address);
  const [only] = chosen;
  const words =
    chosen.length > 1 ? `${chosen.length} actions` : only ? WORDS_BY_ACTION[only] : "Any action";
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`Actions: ${words}`}
          className={buttonClasses(chosen.length > 0 ? "strong" : "outline")}
        >
          {words}
          <ChevronsUpDown aria-hidden className="size-3.5" />
        </button>
      }
    >
      {AUDIT_ACTIONS.map((action) => (
        <MenuCheckbox
          key={action}
          checked={chosen.includes(action)}
          onChange={() => filters.set({ action: toggleAction(address, action) })}
        >
          {WORDS_BY_ACTION[action]}
        </MenuCheckbox>
      ))}
    </Menu>
  );
}

/** What was chosen in a row or a link: pressing takes it away. */
function Chips({ filters }: { readonly filters: UrlFilters }) {
  const actor = filters.get("actor");
  const targetType = filters.get("target_type");
  const targetId = filters.get("target_id");
  return (
    <>
      {actor !== "" && (
        <FilterChip pressed onPress={() => filters.set({ actor: "" })}>
          By {actor.slice(0, 24)}
          <X aria-hidden className="size-3.5" />
        </FilterChip>
      )}
      {targetId !== "" && (
        <FilterChip pressed onPress={() => filters.set({ target_type: "", target_id: "" })}>
          About {targetType} {shortId(targetId)}
          <X aria-hidden className="size-3.5" />
        </FilterChip>
      )}
    </>
  );
}
