"use client";

import { useMemo, useSyncExternalStore } from "react";
import { z } from "zod";
import {
  type Breakpoint,
  BREAKPOINTS_REM,
  CHOOSABLE_COLUMNS,
  type ColumnChoices,
  type ColumnId,
  shownColumns,
  tableWidthRem,
} from "./choosable-columns";

const KEY = "sortie.recordings.columns";
const NONE: ColumnChoices = {};
const choicesSchema = z.partialRecord(z.enum(CHOOSABLE_COLUMNS.map(({ id }) => id)), z.boolean());

const listeners = new Set<() => void>();
let kept: { readonly text: string | null; readonly choices: ColumnChoices } = {
  text: null,
  choices: NONE,
};

export interface ChosenColumns {
  readonly choices: ColumnChoices;
  /** What is in the table now: chosen, or because the window is wide enough. */
  readonly shown: ReadonlySet<ColumnId>;
  /** How wide the table must at least be; null while it goes by the window's width alone. */
  readonly widthRem: number | null;
  /** Chooses that a column which is shown is not, or that one which is not is. */
  readonly toggle: (id: ColumnId) => void;
}

/** The columns that somebody chose to see or not to see, kept in this browser. */
export function useChosenColumns(): ChosenColumns {
  const choices = useSyncExternalStore(subscribe, read, () => NONE);
  const fitting = useFittingBreakpoints();
  return useMemo(() => {
    const shown = shownColumns(choices, fitting);
    const toggle = (id: ColumnId) => keep({ ...choices, [id]: !shown.has(id) });
    return { choices, shown, widthRem: tableWidthRem(choices, shown), toggle };
  }, [choices, fitting]);
}

function keep(choices: ColumnChoices): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(choices));
  } catch {
    // A browser that keeps nothing forgets it with the page.
  }
  kept = { text: readText(), choices };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

function read(): ColumnChoices {
  const text = readText();
  if (text !== kept.text) kept = { text, choices: parse(text) };
  return kept.choices;
}

function readText(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function parse(text: string | null): ColumnChoices {
  try {
    const { success, data } = choicesSchema.safeParse(JSON.parse(text ?? "{}"));
    return success ? data : NONE;
  } catch {
    return NONE;
  }
}

const BREAKPOINTS = Object.keys(BREAKPOINTS_REM) as readonly Breakpoint[];
const queryOf = (name: Breakpoint) => window.matchMedia(`(width >= ${BREAKPOINTS_REM[name]}rem)`);

/** The widths that the window has reached; none before the page is alive. */
function useFittingBreakpoints(): ReadonlySet<Breakpoint> {
  const count = useSyncExternalStore(watchWidth, countFitting, () => 0);
  return useMemo(() => new Set(BREAKPOINTS.slice(0, count)), [count]);
}

function watchWidth(listener: () => void): () => void {
  const queries = BREAKPOINTS.map(queryOf);
  for (const query of queries) query.addEventListener("change", listener);
  return () => {
    for (const query of queries) query.removeEventListener("change", listener);
  };
}

function countFitting(): number {
  return BREAKPOINTS.filter((name) => queryOf(name).matches).length;
}
