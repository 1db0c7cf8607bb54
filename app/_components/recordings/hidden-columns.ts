"use client";

import { useSyncExternalStore } from "react";
import { z } from "zod";

const KEY = "sortie.recordings.hidden-columns";
const NONE: readonly string[] = [];
const hiddenSchema = z.array(z.string());

const listeners = new Set<() => void>();
let kept: { readonly text: string | null; readonly hidden: readonly string[] } = {
  text: null,
  hidden: NONE,
};

/** The columns that somebody does not want to see, kept in this browser. */
export function useHiddenColumns(): readonly [readonly string[], (id: string) => void] {
  const hidden = useSyncExternalStore(subscribe, read, () => NONE);
  const toggle = (id: string) => {
    const next = hidden.includes(id) ? hidden.filter((each) => each !== id) : [...hidden, id];
    try {
      localStorage.setItem(KEY, JSON.stringify(next));
    } catch {
      // A browser that keeps nothing forgets it with the page.
    }
    kept = { text: readText(), hidden: next };
    for (const listener of listeners) listener();
  };
  return [hidden, toggle];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

function read(): readonly string[] {
  const text = readText();
  if (text !== kept.text) kept = { text, hidden: parse(text) };
  return kept.hidden;
}

function readText(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function parse(text: string | null): readonly string[] {
  try {
    return hiddenSchema.parse(JSON.parse(text ?? "[]"));
  } catch {
    return NONE;
  }
}
