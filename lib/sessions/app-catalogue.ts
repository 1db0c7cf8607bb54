import type { AppKind } from "@/lib/providers/session-provider";

export interface CatalogueApp {
  /** Kept for good: sessions refer to it. */
  readonly id: string;
  readonly name: string;
  readonly kind: AppKind;
  readonly description: string;
}

/** The apps that come with the product, in the order they are shown. */
export const APP_CATALOGUE: readonly CatalogueApp[] = [
  {
    id: "desktop",
    name: "Desktop",
    kind: "desktop",
    description:
      "A small Linux desktop with a terminal. It is empty at each start and has no network.",
  },
];
