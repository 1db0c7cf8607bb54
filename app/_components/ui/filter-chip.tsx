"use client";

import type { ReactNode } from "react";
import { classes } from "./classes";

interface FilterChipProps {
  readonly pressed: boolean;
  readonly onPress: () => void;
  readonly children: ReactNode;
}

/** One filter of a list, on or off. */
export function FilterChip({ pressed, onPress, children }: FilterChipProps) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onPress}
      className={classes(
        "inline-flex h-(--control) items-center gap-1.5 rounded-md border px-2.5 text-base whitespace-nowrap transition-colors select-none",
        pressed
          ? "border-accent bg-accent-soft font-medium text-accent"
          : "border-line bg-surface text-ink-muted hover:bg-hover hover:text-ink",
      )}
    >
      {children}
    </button>
  );
}
