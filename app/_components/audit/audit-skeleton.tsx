"use client";

import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { ListSkeleton } from "../list/list-skeleton";
import { useUrlFilters } from "../list/use-url-filters";
import { Button } from "../ui/button";
import { AuditFilterBar } from "./audit-filter-bar";

const HEADERS = ["What", "On what", "Who", "From where", "When"];

/** The shape of `AuditView` while it is on its way. */
export function AuditSkeleton({ tabs }: { readonly tabs: ReactNode }) {
  return (
    <ListSkeleton
      title="Audit"
      tabs={tabs}
      filters={<AuditFilterBar filters={useUrlFilters()} />}
      actions={<Button icon={Download}>Export</Button>}
      headers={HEADERS}
    />
  );
}
