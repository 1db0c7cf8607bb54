"use client";

import { useCallback, useEffect, useEffectEvent, useRef } from "react";
import { type Polling, startPolling } from "./polling";

/**
 * Polls (see `startPolling`) while the component is mounted; not at all while `everyMs` is null. Returns
 * what polls at once.
 */
export function usePolling(
  poll: (signal: AbortSignal) => Promise<void>,
  everyMs: number | null,
): () => void {
  const polling = useRef<Polling>(null);
  const onPoll = useEffectEvent(poll);
  useEffect(() => {
    if (everyMs === null) return;
    const started = startPolling((signal) => onPoll(signal), everyMs);
    polling.current = started;
    return () => started.stop();
  }, [everyMs]);
  return useCallback(() => polling.current?.now(), []);
}
