"use client";

import { Download, ScrollText, SearchX } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { type ListedAuditEventJson, listedAuditEventSchema } from "@/lib/audit/audit-event-schema";
import type { Page } from "../api-client";
import { DataList } from "../list/data-list";
import { ListCount } from "../list/list-count";
import { ListProblem, MoreRows } from "../list/more-rows";
import { useLivePages } from "../list/use-live-pages";
import { useUrlFilters } from "../list/use-url-filters";
import { PageFrame } from "../shell/page-frame";
import { Button } from "../ui/button";
import { classes } from "../ui/classes";
import { Menu, MenuLink } from "../ui/menu";
import { EmptyState } from "../ui/states";
import { TablePanel } from "../ui/table";
import { auditColumns } from "./audit-columns";
import { AuditDetail } from "./audit-detail";
import { AuditFilterBar } from "./audit-filter-bar";
import { AUDIT_FILTERS, auditQueryOf } from "./audit-filters";

interface AuditViewProps {
  readonly tabs: ReactNode;
  readonly first: Page<ListedAuditEventJson>;
  /** The first page's address in the API. */
  readonly path: string;
}

const rowPath = () => "";
/** What happened does not change. */
const isLive = () => false;
const nameOf = (event: ListedAuditEventJson) => event.summary;

/** Who did what, kept up to date, with its filters, its details and the way to take it out. */
export function AuditView({ tabs, first, path }: AuditViewProps) {
  const pages = useLivePages({
    ...{ first, path, schema: listedAuditEventSchema, rowPath, isLive, rowsChange: false },
  });
  const filters = useUrlFilters();
  const [open, setOpen] = useState<ListedAuditEventJson | null>(null);
  const columns = useMemo(() => auditColumns(setOpen), []);
  const query = auditQueryOf(filters.get);
  const isFiltered = Object.values(query).some((value) => value !== "");
  const clear = () => filters.set(Object.fromEntries(AUDIT_FILTERS.map((name) => [name, ""])));
  return (
    <PageFrame
      title="Audit"
      tabs={tabs}
      note={<ListCount shown={pages.rows.length} hasMore={pages.hasMore} />}
      actions={<ExportMenu query={query} />}
    >
      <AuditFilterBar filters={filters} />
      <div className={classes("transition-opacity", filters.pending && "opacity-55")}>
        <ListProblem problem={pages.problem} />
        <TablePanel>
          {pages.rows.length === 0 ? (
            <NoEvents filtered={isFiltered} onClear={clear} />
          ) : (
            <DataList label="Audit trail" rows={pages.rows} columns={columns} nameOf={nameOf} />
          )}
          <MoreRows next={pages.nextPage} />
        </TablePanel>
      </div>
      <AuditDetail event={open} onClose={() => setOpen(null)} />
    </PageFrame>
  );
}

/** Everything that the filters let through, as a file. */
function ExportMenu({ query }: { readonly query: Readonly<Record<string, string>> }) {
  const hrefFor = (format: string) => {
    const chosen = Object.entries(query).filter(([, value]) => value !== "");
    const params = new URLSearchParams([["format", format], ...chosen]);
    return `/api/admin/audit/export?${params.toString()}`;
  };
  return (
    <Menu trigger={<Button icon={Download}>Export</Button>}>
      <MenuLink href={hrefFor("csv")} download>
        CSV, for spreadsheets
      </MenuLink>
      <MenuLink href={hrefFor("jsonl")} download>
        JSON lines, for programs
      </MenuLink>
    </Menu>
  );
}

interface NoEventsProps {
  readonly filtered: boolean;
  readonly onClear: () => void;
}

function NoEvents({ filtered, onClear }: NoEventsProps) {
  if (!filtered) {
    return (
      <EmptyState icon={ScrollText} title="Nothing has happened yet">
        Who signs in, records, watches, downloads, deletes or changes a setting is listed here. The
        list can be read and exported, but not changed.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={SearchX}
      title="Nothing matches"
      action={<Button onClick={onClear}>Clear search and filters</Button>}
    >
      Search looks for every word in names, ids, addresses and details.
    </EmptyState>
  );
}
