import { metaHelper, rowSelectionFeature, tableFeatures } from "@tanstack/react-table";

/** What a column says about its cells beside what is in them. */
export interface ListColumnMeta {
  /** Classes of the header and of every cell: alignment, and from which width on it is shown. */
  readonly className?: string;
  /** The orders that its header asks the server for: the first press the first, then the other. */
  readonly sorts?: { readonly descending: string; readonly ascending: string };
}

/** The table features that every list uses. Order and filters are the server's work. */
export const listFeatures = tableFeatures({
  rowSelectionFeature,
  columnMeta: metaHelper<ListColumnMeta>(),
});

export type ListFeatures = typeof listFeatures;
