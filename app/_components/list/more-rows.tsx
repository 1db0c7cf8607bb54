"use client";

import { CloudOff } from "lucide-react";
import { useEffect, useEffectEvent, useRef } from "react";
import { Button } from "../ui/button";
import type { NextPage } from "./use-next-page";

/** The end of a list that has more: it loads by itself when it comes into view, and by its button. */
export function MoreRows({ next }: { readonly next: NextPage }) {
  const { address, loading, problem, load } = next;
  const end = useRef<HTMLDivElement>(null);
  const onSeen = useEffectEvent(load);
  useEffect(() => {
    // What could not be loaded has its own times to be asked for again: not as fast as it fails.
    if (end.current === null || loading || problem !== null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        // A busy browser tells of several changes at once, the last of which is how it is now.
        if (entries.at(-1)?.isIntersecting) onSeen();
      },
      { rootMargin: "400px" },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
    // An observer tells of changes: whether the end is still in view after each page, a new one says.
  }, [address, loading, problem]);
  if (address === null) return null;
  return (
    <div
      ref={end}
      className="flex flex-wrap items-center justify-center gap-y-2 border-t border-line p-2"
    >
      <div role="status">
        {problem !== null && (
          <p className="me-3 flex items-center gap-2 text-ink-muted">
            <CloudOff aria-hidden className="size-4 shrink-0 text-failed" />
            {`More rows could not be loaded. ${problem}`}
          </p>
        )}
      </div>
      <Button look={problem === null ? "quiet" : "outline"} busy={loading} onClick={load}>
        {problem === null ? "Show more" : "Try again"}
      </Button>
    </div>
  );
}

/** Says that the list stands still, and why. Screen readers hear it once. */
export function ListProblem({ problem }: { readonly problem: string | null }) {
  return (
    <div role="status">
      {problem !== null && (
        <p className="mb-2 flex items-center gap-2 rounded-md border border-line bg-surface px-3 py-1.5 text-ink-muted">
          <CloudOff aria-hidden className="size-4 shrink-0 text-failed" />
          {`${problem} What is shown may be out of date; it is read again by itself.`}
        </p>
      )}
    </div>
  );
}
