"use client";

import { Columns3, FileDown } from "lucide-react";
import type { ReactNode } from "react";
import { ListSkeleton } from "../list/list-skeleton";
import { useUrlFilters } from "../list/use-url-filters";
import { Button } from "../ui/button";
import { type AppChoice, RecordingFilterBar } from "./recording-filter-bar";

const OWN_HEADERS = ["Name", "State", "Duration", "Size", "Started"];
const ALL_HEADERS = ["Name", "User", "State", "Duration", "Size", "Started"];
const NO_APPS: readonly AppChoice[] = [];

interface RecordingsSkeletonProps {
  readonly title: string;
  readonly tabs?: ReactNode;
  readonly everybody: boolean;
  readonly clusters?: readonly string[];
}

/** The shape of `RecordingsView` while it is on its way. */
export function RecordingsSkeleton(props: RecordingsSkeletonProps) {
  const { title, tabs, everybody, clusters = [] } = props;
  const filters = useUrlFilters();
  return (
    <ListSkeleton
      title={title}
      tabs={tabs}
      filters={<RecordingFilterBar {...{ filters, everybody, clusters }} apps={NO_APPS} />}
      actions={
        everybody && (
          <>
            <Button icon={FileDown}>CSV</Button>
            <Button icon={Columns3}>Columns</Button>
          </>
        )
      }
      headers={everybody ? ALL_HEADERS : OWN_HEADERS}
    />
  );
}
