"use client";

import { type RefObject, useRef, useSyncExternalStore } from "react";
import { SPEEDS, setSpeed } from "./player-keys";

/** The speed, as the browser's own select: it also opens in full screen. */
export function SpeedSelect({ video }: { readonly video: RefObject<HTMLVideoElement | null> }) {
  const byPointer = useRef(false);
  const speed = useSyncExternalStore(
    (listener) => {
      const element = video.current;
      element?.addEventListener("ratechange", listener);
      return () => element?.removeEventListener("ratechange", listener);
    },
    () => video.current?.playbackRate ?? 1,
    () => 1,
  );
  return (
    <select
      aria-label="Speed"
      value={speed}
      onPointerDown={() => {
        byPointer.current = true;
      }}
      onKeyDown={() => {
        byPointer.current = false;
      }}
      onChange={(event) => {
        if (video.current !== null) setSpeed(video.current, Number(event.target.value));
        // Whoever chose with the pointer goes on with the player's keys.
        if (byPointer.current) event.target.blur();
      }}
      className="h-(--control) rounded-md bg-surface px-1 text-base text-ink hover:bg-hover"
    >
      {SPEEDS.map((option) => (
        <option key={option} value={option}>
          {option}×
        </option>
      ))}
    </select>
  );
}
