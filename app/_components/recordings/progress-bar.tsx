"use client";

import { type ReactNode, useEffect, useState } from "react";
import { Button } from "../ui/button";
import { countOf } from "../ui/format";
import type { RemovalPlace } from "./removal";
import type { Holding } from "./use-holding";
import type { RemovalControl } from "./use-removal";
import type { Saving } from "./use-saving";

interface ProgressBarProps {
  /** What is done, for screen readers. */
  readonly label: string;
  readonly done: number;
  readonly of: number;
  readonly stopLabel: string;
  readonly onStop: () => void;
  readonly children: ReactNode;
}

/** How far something is that is done to many, and the way to stop it. */
export function ProgressBar({ label, done, of, stopLabel, onStop, children }: ProgressBarProps) {
  return (
    <div
      role="region"
      aria-label={label}
      className="sticky top-2 z-20 mb-2 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md bg-raised py-1 ps-3 pe-1 shadow-popup"
    >
      <p role="status" className="min-w-0 flex-1 basis-60">
        {children}
      </p>
      <progress aria-label={label} value={done} max={of} className="h-1 w-32 accent-accent" />
      <Button onClick={onStop}>{stopLabel}</Button>
    </div>
  );
}

/** Recordings on their way out: time to take it back, then how many are gone. */
export function RemovalBar({ removal, place, stop }: RemovalControl) {
  if (removal === null) return null;
  const things = countOf(removal.recordings.length, "recording");
  const count = removal.recordings.length;
  if (removal.phase === "deleting") {
    return (
      <ProgressBar label="Deleting" done={removal.done} of={count} stopLabel="Stop" onStop={stop}>
        {`Deleting: ${removal.done} of ${count}. Leave this ${place} and the rest stays.`}
      </ProgressBar>
    );
  }
  return <Countdown things={things} place={place} untilMs={removal.untilMs} onUndo={stop} />;
}

interface CountdownProps {
  readonly things: string;
  readonly place: RemovalPlace;
  readonly untilMs: number;
  readonly onUndo: () => void;
}

function Countdown({ things, place, untilMs, onUndo }: CountdownProps) {
  const [totalMs] = useState(() => untilMs - Date.now());
  const [leftMs, setLeftMs] = useState(totalMs);
  useEffect(() => {
    const timer = setInterval(() => setLeftMs(Math.max(0, untilMs - Date.now())), 250);
    return () => clearInterval(timer);
  }, [untilMs]);
  return (
    <ProgressBar
      label="Time to undo"
      done={totalMs - leftMs}
      of={totalMs}
      stopLabel="Undo"
      onStop={onUndo}
    >
      {`${things} will be deleted in ten seconds. Undo, or leave this ${place}, and nothing is.`}
    </ProgressBar>
  );
}

/** Downloads that are being begun. */
export function SavingBar({ progress, stop }: Saving) {
  if (progress === null) return null;
  const { done, of } = progress;
  return (
    <ProgressBar label="Downloading" done={done} of={of} stopLabel="Stop" onStop={stop}>
      {`Downloading: ${done} of ${of}, each as a file of its own. The browser may ask once whether it may save several.`}
    </ProgressBar>
  );
}

/** Legal holds that are being placed or lifted. */
export function HoldingBar({ progress, stop }: Holding) {
  if (progress === null) return null;
  const { kind, done, of } = progress;
  const label = kind === "place" ? "Placing holds" : "Lifting holds";
  return (
    <ProgressBar label={label} done={done} of={of} stopLabel="Stop" onStop={stop}>
      {`${label}: ${done} of ${of}. Stop, or leave this list, and the rest stays as it is.`}
    </ProgressBar>
  );
}
