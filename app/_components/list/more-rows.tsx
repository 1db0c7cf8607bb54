"use client";

import { CloudOff } from "lucide-react";
import { useEffect, useEffectEvent, useRef } from "react";
import { Button } from "../ui/button";

interface MoreRowsProps {
  readonly hasMore: boolean;
  readonly rowCount: number;
  readonly loading: boolean;
  readonly onMore: () => void;
}

/** The end of a list that has more: it loads by itself when it comes into view, and by its button. */
export function MoreRows({ hasMore, rowCount, loading, onMore }: MoreRowsProps) {
  const end = useRef<HTMLDivElement>(null);
  const onSeen = useEffectEvent(onMore);
  useEffect(() => {
    if (end.current === null || !hasMore) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) onSeen();
      },
      { rootMargin: "400px" },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
    // Rows may come and the end be scrolled to again before an observer looks: with more rows, a new one looks.
  }, [hasMore, rowCount]);
  if (!hasMore) return null;
  return (
    <div ref={end} className="flex justify-center border-t border-line p-2">
      <Button look="quiet" busy={loading} onClick={onMore}>
        Show more
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
          {problem}
        </p>
      )}
    </div>
  );
}
