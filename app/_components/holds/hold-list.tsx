"use client";

import { Lock, SearchX } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import {
  HOLD_TARGETS,
  type HoldTarget,
  listedHoldSchema,
  type ListedHoldJson,
} from "@/lib/holds/hold-schema";
import type { Page } from "../api-client";
import { DataList } from "../list/data-list";
import { ListCount } from "../list/list-count";
import { ListProblem, MoreRows } from "../list/more-rows";
import { useLivePages } from "../list/use-live-pages";
import { type UrlFilters, useUrlFilters } from "../list/use-url-filters";
import { PageFrame } from "../shell/page-frame";
import { Button, ButtonLink } from "../ui/button";
import { classes } from "../ui/classes";
import { FilterChip } from "../ui/filter-chip";
import { EmptyState } from "../ui/states";
import { TablePanel } from "../ui/table";
import { useToasts } from "../ui/toast";
import { holdColumns, holdName } from "./hold-columns";
import { parseTarget } from "./hold-filters";
import { LiftHold } from "./lift-hold";

interface HoldListProps {
  readonly tabs: ReactNode;
  readonly first: Page<ListedHoldJson>;
  /** The first page's address in the API. */
  readonly path: string;
}

const rowPath = () => "";
const isLive = () => false;
/** What is under a hold is counted at every look. */
const POLL_EVERY_MS = 15_000;

/** All legal holds that whoever looks may lift, with what is under each. */
export function HoldList({ tabs, first, path }: HoldListProps) {
  const toasts = useToasts();
  const filters = useUrlFilters();
  const pages = useLivePages({
    ...{ first, path, schema: listedHoldSchema, rowPath, isLive },
    pollEveryMs: POLL_EVERY_MS,
  });
  const [lifting, setLifting] = useState<ListedHoldJson | null>(null);
  const columns = useMemo(() => holdColumns(setLifting), []);
  const isFiltered = filters.get("on") !== "";
  return (
    <PageFrame
      title="Legal holds"
      tabs={tabs}
      note={<ListCount shown={pages.rows.length} hasMore={pages.hasMore} />}
    >
      <HoldFilterBar filters={filters} />
      <div className={classes("transition-opacity", filters.pending && "opacity-55")}>
        <ListProblem problem={pages.problem} />
        <TablePanel>
          {pages.rows.length === 0 ? (
            <NoHolds filtered={isFiltered} onClear={() => filters.set({ on: "" })} />
          ) : (
            <DataList label="Legal holds" rows={pages.rows} columns={columns} nameOf={holdName} />
          )}
          <MoreRows next={pages.nextPage} />
        </TablePanel>
      </div>
      <LiftHold
        hold={lifting}
        onClose={() => setLifting(null)}
        onLifted={({ id }) => {
          if (filters.get("state") !== "all") pages.drop(id);
          pages.refresh();
          toasts.say("The hold is lifted.");
        }}
      />
    </PageFrame>
  );
}

const CHIPS: Readonly<Record<HoldTarget, string>> = {
  recording: "On recordings",
  session: "On sessions",
  user: "On users",
};

/** On what, and whether also those that are over. All of it lives in the address. */
export function HoldFilterBar({ filters }: { readonly filters: UrlFilters }) {
  const target = parseTarget(filters.get("on"));
  const isAll = filters.get("state") === "all";
  return (
    <search className="mb-3 flex flex-wrap items-center gap-2">
      {HOLD_TARGETS.map((each) => (
        <FilterChip
          key={each}
          pressed={target === each}
          onPress={() => filters.set({ on: target === each ? "" : each })}
        >
          {CHIPS[each]}
        </FilterChip>
      ))}
      <FilterChip pressed={isAll} onPress={() => filters.set({ state: isAll ? "" : "all" })}>
        Also lifted
      </FilterChip>
    </search>
  );
}

interface NoHoldsProps {
  readonly filtered: boolean;
  readonly onClear: () => void;
}

function NoHolds({ filtered, onClear }: NoHoldsProps) {
  if (filtered) {
    return (
      <EmptyState
        icon={SearchX}
        title="No such legal hold"
        action={<Button onClick={onClear}>Show all holds</Button>}
      >
        There are no legal holds of the kind that is chosen above.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={Lock}
      title="Nothing is on legal hold"
      action={<ButtonLink href="/admin/recordings">See all recordings</ButtonLink>}
    >
      Recordings under a legal hold are deleted by nobody and by no retention. Place one on a
      recording, or on all of a session or a user, in their lists.
    </EmptyState>
  );
}
