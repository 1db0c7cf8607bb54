"use client";

import type { ReactNode } from "react";
import { ListSkeleton } from "../list/list-skeleton";
import { useUrlFilters } from "../list/use-url-filters";
import { type NamedApp, SessionFilterBar } from "./session-filter-bar";

const HEADERS = ["App", "User", "State", "Session", "Duration", "Started"];
const NO_APPS: readonly NamedApp[] = [];

interface AllSessionsSkeletonProps {
  readonly tabs: ReactNode;
  readonly clusters: readonly string[];
}

/** The shape of the panel's `SessionList` while it is on its way. */
export function AllSessionsSkeleton({ tabs, clusters }: AllSessionsSkeletonProps) {
  return (
    <ListSkeleton
      title="Sessions"
      tabs={tabs}
      filters={<SessionFilterBar filters={useUrlFilters()} apps={NO_APPS} clusters={clusters} />}
      headers={HEADERS}
    />
  );
}
