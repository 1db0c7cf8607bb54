"use client";

import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import { HeaderCell } from "../ui/table";
import type { ListColumnMeta } from "./list-features";

/** The order a list is in, by the server's name for it. */
export interface ListOrder {
  readonly sort: string;
  readonly onSort: (sort: string) => void;
}

interface SortableHeaderProps {
  readonly meta: ListColumnMeta | undefined;
  readonly order: ListOrder | undefined;
  readonly children: ReactNode;
}

/** A column's header; one that the list can be sorted by is a button that does, and says how it is sorted. */
export function SortableHeader({ meta, order, children }: SortableHeaderProps) {
  const sorts = meta?.sorts;
  if (order === undefined || sorts === undefined) {
    return <HeaderCell className={meta?.className}>{children}</HeaderCell>;
  }
  const isDescending = order.sort === sorts.descending;
  const isAscending = order.sort === sorts.ascending;
  const Arrow = isAscending ? ArrowUp : ArrowDown;
  return (
    <HeaderCell
      className={meta?.className}
      aria-sort={isDescending ? "descending" : isAscending ? "ascending" : "none"}
    >
      <button
        type="button"
        onClick={() => order.onSort(isDescending ? sorts.ascending : sorts.descending)}
        className="inline-flex h-full items-center gap-1 rounded-sm font-medium hover:text-ink"
      >
        {children}
        {(isDescending || isAscending) && <Arrow aria-hidden className="size-3" />}
      </button>
    </HeaderCell>
  );
}
