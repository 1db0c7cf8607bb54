"use client";

import type { ReactNode } from "react";
import { ListSkeleton } from "../list/list-skeleton";
import { useUrlFilters } from "../list/use-url-filters";
import { HoldFilterBar } from "./hold-list";

const HEADERS = ["On what", "Reason", "Under it", "Size", "Placed"];

/** The shape of `HoldList` while it is on its way. */
export function HoldListSkeleton({ tabs }: { readonly tabs: ReactNode }) {
  return (
    <ListSkeleton
      title="Legal holds"
      tabs={tabs}
      filters={<HoldFilterBar filters={useUrlFilters()} />}
      headers={HEADERS}
    />
  );
}
