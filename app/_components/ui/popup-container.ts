"use client";

import { createContext, useContext } from "react";

/** Set inside a dialog, whose own popups have to stay in it: all else is hidden while it is open. */
export const InDialog = createContext(false);

/**
 * Where a menu or the options of a select are drawn: they belong to the page's main landmark, where
 * people who go from landmark to landmark look for them. Undefined leaves it to the primitive.
 */
export function usePopupContainer(): HTMLElement | undefined {
  const inDialog = useContext(InDialog);
  if (inDialog || typeof document === "undefined") return undefined;
  return document.querySelector("main") ?? undefined;
}
