"use client";

import { useEffect, useEffectEvent } from "react";

/** Whether a key press belongs to something that takes text or to an open popup. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  return target.matches("input:not([type=checkbox]), textarea, select, [contenteditable=true]");
}

/**
 * Whether a dialog or a menu is open over the page: its keys are not the page's. One that `inside` is in
 * does not cover it.
 */
export function isCovered(inside: Element | null = null): boolean {
  const popups = document.querySelectorAll("[role=dialog], [role=alertdialog], [role=menu]");
  return [...popups].some((popup) => !popup.contains(inside));
}

/** Hears every key press on the page until the component leaves. */
export function useKeyDown(listener: (event: KeyboardEvent) => void): void {
  const onKeyDown = useEffectEvent(listener);
  useEffect(() => {
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}
