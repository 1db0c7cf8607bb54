"use client";

import { Select } from "../ui/select";
import type { UrlFilters } from "./use-url-filters";

interface ClusterFilterProps {
  readonly filters: UrlFilters;
  /** Those that lists can show whoever looks anything of. */
  readonly clusters: readonly string[];
}

/** Narrows a list down to one cluster. Not there where there is no choice, unless the address made one. */
export function ClusterFilter({ filters, clusters }: ClusterFilterProps) {
  const chosen = filters.get("cluster");
  if (clusters.length < 2 && chosen === "") return null;
  const choices = chosen === "" || clusters.includes(chosen) ? clusters : [...clusters, chosen];
  return (
    <Select
      label="Cluster"
      value={chosen}
      onChange={(cluster) => filters.set({ cluster })}
      options={[
        { value: "", label: "Any cluster" },
        ...choices.map((cluster) => ({ value: cluster, label: cluster })),
      ]}
    />
  );
}
