import { type RefObject, useEffect, useEffectEvent, useState } from "react";

const NEAR_PX = 8;
const LEAVE_PX = 72;
/** Long enough to be noticed when the tab opens. */
const INTRODUCTION_MS = 4_000;

export interface SessionBar {
  readonly visible: boolean;
  /** Nobody is using it: it may shrink to what must be seen. */
  readonly resting: boolean;
  /** Gives the keyboard to the bar, which shows it. */
  readonly enter: () => void;
}

interface Options {
  readonly bar: RefObject<HTMLElement | null>;
  /** Something in it must be seen whatever the pointer does. */
  readonly hold: boolean;
  readonly focusSession: () => void;
  /** Absent where nothing can be recorded: the keys then go to the browser. */
  readonly toggleRecording: (() => void) | null;
}

/** Shows the bar when the pointer or the keyboard comes to it, and listens to the tab's shortcuts. */
export function useSessionBar({ bar, hold, focusSession, toggleRecording }: Options): SessionBar {
  const [near, setNear] = useState(false);
  const [focused, setFocused] = useState(false);
  const [introducing, setIntroducing] = useState(true);

  useEffect(() => {
    const timer = setTimeout(() => setIntroducing(false), INTRODUCTION_MS);
    return () => clearTimeout(timer);
  }, []);

  useEffect(() => {
    // The desktop keeps pointer events to itself: only the capture phase sees them.
    const follow = (event: PointerEvent) => {
      const onBar = bar.current?.contains(event.target as Node) ?? false;
      if (event.clientY <= NEAR_PX || onBar) setNear(true);
      else if (event.clientY > LEAVE_PX) setNear(false);
    };
    // Over a frame the pointer is not seen to move, only to come.
    const leave = ({ target, clientY }: PointerEvent) => {
      if (target instanceof HTMLIFrameElement && clientY > NEAR_PX) setNear(false);
    };
    window.addEventListener("pointermove", follow, { capture: true });
    window.addEventListener("pointerover", leave, { capture: true });
    return () => {
      window.removeEventListener("pointermove", follow, { capture: true });
      window.removeEventListener("pointerover", leave, { capture: true });
    };
  }, [bar]);

  useEffect(() => {
    const read = () => setFocused(bar.current?.contains(document.activeElement) ?? false);
    document.addEventListener("focusin", read);
    document.addEventListener("focusout", read);
    return () => {
      document.removeEventListener("focusin", read);
      document.removeEventListener("focusout", read);
    };
  }, [bar]);

  const enter = () => firstControl(bar.current)?.focus();
  useEffect(() => {
    // The button that was pressed may be gone with the state it belonged to: the keyboard stays in the bar.
    if (focused && document.activeElement === document.body) firstControl(bar.current)?.focus();
  });
  useCapturedKeys((event) => {
    // Before a tooltip takes it. A field keeps its own Escape, which gives up what was typed.
    const { target } = event;
    if (event.key !== "Escape" || !(target instanceof Element)) return;
    if (bar.current?.contains(target) && target.closest("form") === null) focusSession();
  });
  useShortcuts({
    r: toggleRecording,
    m: () => {
      if (bar.current?.contains(document.activeElement)) focusSession();
      else enter();
    },
  });

  const used = near || focused;
  return { visible: hold || used || introducing, resting: !used && !introducing, enter };
}

function firstControl(bar: HTMLElement | null): HTMLElement | null {
  return bar?.querySelector<HTMLElement>("button:not([disabled]), a[href]") ?? null;
}

/** Ctrl/Cmd+Shift+letter, also while the desktop has the focus and takes every other key. */
function useShortcuts(actions: Readonly<Record<"r" | "m", (() => void) | null>>): void {
  useCapturedKeys((event) => {
    if (!(event.ctrlKey || event.metaKey) || !event.shiftKey || event.altKey) return;
    const letter = letterOf(event);
    const action = letter === "r" || letter === "m" ? actions[letter] : null;
    if (action === null) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat) action();
  });
}

/** Hears every key press before anything on the page does. */
function useCapturedKeys(listener: (event: KeyboardEvent) => void): void {
  const onKey = useEffectEvent(listener);
  useEffect(() => {
    const hear = (event: KeyboardEvent) => onKey(event);
    window.addEventListener("keydown", hear, { capture: true });
    return () => window.removeEventListener("keydown", hear, { capture: true });
  }, []);
}

/** The letter typed, or the one printed on the key where the layout has no Latin letters. */
function letterOf(event: KeyboardEvent): string {
  const typed = event.key.toLowerCase();
  return /^[a-z]$/.test(typed) ? typed : event.code.replace(/^Key/, "").toLowerCase();
}
