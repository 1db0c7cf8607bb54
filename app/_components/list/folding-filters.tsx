"use client";

import { SlidersHorizontal } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { Button } from "../ui/button";
import { classes } from "../ui/classes";

interface FoldingFiltersProps {
  /** How many of them are on. */
  readonly active: number;
  readonly children: ReactNode;
}

/** Filters that are there at once where there is room, and behind a button on a narrow screen. */
export function FoldingFilters({ active, children }: FoldingFiltersProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <span className="sm:hidden">
        <Button
          icon={SlidersHorizontal}
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          {active === 0 ? "Filters" : `Filters: ${active}`}
        </Button>
      </span>
      <div id={id} className={classes("contents", !open && "max-sm:hidden")}>
        {children}
      </div>
    </>
  );
}
