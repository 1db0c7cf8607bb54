"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useTransition } from "react";

export interface UrlFilters {
  readonly get: (name: string) => string;
  /** Puts filters into the address; an empty one leaves it. The list follows the address. */
  readonly set: (changes: Readonly<Record<string, string>>) => void;
  /** The list that belongs to the new address is on its way. */
  readonly pending: boolean;
}

/** A list's filters live in its address, so that it can be reloaded, shared and gone back to. */
export function useUrlFilters(): UrlFilters {
  const params = useSearchParams();
  const pathname = usePathname();
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  return {
    get: (name) => params.get(name) ?? "",
    set: (changes) => {
      // The address itself, not `params`: a change may still be on its way to the page.
      const next = new URLSearchParams(window.location.search);
      for (const [name, value] of Object.entries(changes)) {
        if (value === "") next.delete(name);
        else next.set(name, value);
      }
      const query = next.toString();
      startTransition(() => {
        router.replace(query === "" ? pathname : `${pathname}?${query}`, { scroll: false });
      });
    },
    pending,
  };
}
