"use client";

import { useEffect, useState, useSyncExternalStore } from "react";
import { Recovery, type RecoveryOptions, type Unfinished } from "./recovery";

const NOTHING: readonly Unfinished[] = [];

/**
 * Brings what earlier pages left in this browser to the server for as long as the page is open. It looks when the
 * component appears, when the person or the network comes back, when another tab lets go of one, and when
 * `occasion` changes.
 */
export function useRecovery(
  options: RecoveryOptions,
  occasion: string | null,
): { readonly recovery: Recovery; readonly unfinished: readonly Unfinished[] } {
  const [recovery] = useState(() => new Recovery(options));
  useEffect(() => recovery.look(), [recovery, occasion]);
  useEffect(() => {
    for (const type of WAKING_EVENTS) window.addEventListener(type, recovery.look);
    return () => {
      for (const type of WAKING_EVENTS) window.removeEventListener(type, recovery.look);
    };
  }, [recovery]);
  const unfinished = useSyncExternalStore(recovery.subscribe, recovery.getState, () => NOTHING);
  return { recovery, unfinished };
}

/** As for the recorder: the person may have signed in again in another tab. */
const WAKING_EVENTS = ["online", "focus"] as const;
