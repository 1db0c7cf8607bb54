"use client";

import { createColumnHelper } from "@tanstack/react-table";
import Link from "next/link";
import type { ListedAuditEventJson } from "@/lib/audit/audit-event-schema";
import type { ListFeatures } from "../list/list-features";
import { FROM_LARGE, FROM_MEDIUM, FROM_SMALL, rowLinkClasses } from "../ui/table";
import { RelativeTime, Unknown } from "../ui/time";
import { auditHref } from "./audit-filters";
import { AuditTarget } from "./audit-target";

const column = createColumnHelper<ListFeatures, ListedAuditEventJson>();

/** The columns of the audit trail; a row opens its details. */
export function auditColumns(onOpen: (event: ListedAuditEventJson) => void) {
  return column.columns([
    column.accessor("summary", {
      header: "What",
      cell: ({ row }) => <WhatCell event={row.original} onOpen={onOpen} />,
    }),
    column.display({
      id: "target",
      header: "On what",
      cell: ({ row }) => (
        <span className="relative z-1">
          <AuditTarget target={row.original} />
        </span>
      ),
      meta: { className: `w-72 truncate ${FROM_MEDIUM}` },
    }),
    column.accessor("actor_name", {
      header: "Who",
      cell: ({ getValue }) => (
        <Link
          href={auditHref({ actor: getValue() })}
          dir="auto"
          className="relative z-1 text-ink hover:underline"
        >
          {getValue()}
        </Link>
      ),
      meta: { className: `w-36 truncate ${FROM_SMALL}` },
    }),
    column.accessor("ip", {
      header: "From where",
      cell: ({ getValue }) => getValue() ?? <Unknown />,
      meta: { className: `w-36 truncate text-ink-muted ${FROM_LARGE}` },
    }),
    column.accessor("created_at", {
      header: "When",
      cell: ({ getValue }) => (
        <span className="relative z-1">
          <RelativeTime at={getValue()} />
        </span>
      ),
      meta: { className: `w-28 text-end! text-ink-muted ${FROM_SMALL}` },
    }),
  ]);
}

interface WhatCellProps {
  readonly event: ListedAuditEventJson;
  readonly onOpen: (event: ListedAuditEventJson) => void;
}

function WhatCell({ event, onOpen }: WhatCellProps) {
  return (
    <div className="min-w-0 max-sm:py-1.5">
      <button
        type="button"
        data-row-link
        onClick={() => onOpen(event)}
        className={`${rowLinkClasses} max-w-full truncate text-start`}
      >
        {event.summary}
      </button>
      <p className="mt-0.5 flex flex-wrap gap-x-3 text-sm text-ink-muted sm:hidden">
        <span dir="auto">{event.actor_name}</span>
        <RelativeTime at={event.created_at} />
      </p>
    </div>
  );
}
