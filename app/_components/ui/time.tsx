"use client";

import { useSyncExternalStore } from "react";
import { formatDuration, formatExact, formatRelative, spellDuration } from "./format";

const TICK_MS = 15_000;

let nowMs = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for all relative times of the page; it stands still while nothing shows one. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const notify of listeners) notify();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const readClock = () => nowMs;
// The server cannot know the reader's zone or clock: it renders the date, the browser the rest.
const readNothing = () => null;

/** A moment as `12 min ago`, with the exact time on hover. `at` is an ISO 8601 time. */
export function RelativeTime({ at }: { readonly at: string }) {
  const now = useSyncExternalStore<number | null>(subscribe, readClock, readNothing);
  const atMs = Date.parse(at);
  return (
    <time
      dir="ltr"
      dateTime={at}
      {...(now === null ? {} : { title: formatExact(atMs) })}
      className="whitespace-nowrap"
    >
      {now === null ? at.slice(0, 10) : formatRelative(atMs, Math.max(now, atMs))}
    </time>
  );
}

/** A length of time as `1:02:03`; a dash while it is unknown. */
export function Duration({ ms }: { readonly ms: number | null }) {
  if (ms === null) return <Unknown />;
  return (
    <time dir="ltr" dateTime={`PT${Math.floor(ms / 1000)}S`} title={spellDuration(ms)}>
      {formatDuration(ms)}
    </time>
  );
}

/** Where a value is not known, or not yet. */
export function Unknown() {
  return (
    <span className="text-ink-subtle">
      <span aria-hidden>–</span>
      <span className="sr-only">not known</span>
    </span>
  );
}
