"use client";

import { useCallback, useEffect, useEffectEvent, useRef } from "react";

/**
 * Runs `poll` again and again, `everyMs` after the last run ended, while the tab is visible;
 * at once when it becomes visible and when the returned function is called. A run is told to stop
 * through its signal when the page leaves.
 */
export function usePolling(
  poll: (signal: AbortSignal) => Promise<void>,
  everyMs: number,
): () => void {
  const pollNow = useRef(nothingToPoll);
  const onPoll = useEffectEvent(poll);
  useEffect(() => {
    const leaving = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let running = false;
    const run = async () => {
      if (running || document.hidden) return;
      running = true;
      clearTimeout(timer);
      await onPoll(leaving.signal);
      running = false;
      if (!leaving.signal.aborted) timer = setTimeout(() => void run(), everyMs);
    };
    const onVisibility = () => void run();
    pollNow.current = onVisibility;
    timer = setTimeout(() => void run(), everyMs);
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      leaving.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisibility);
    };
  }, [everyMs]);
  return useCallback(() => pollNow.current(), []);
}

function nothingToPoll(): void {
  return undefined;
}
