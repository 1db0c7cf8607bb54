"use client";

import {
  Circle,
  CircleCheck,
  ExternalLink,
  LoaderCircle,
  Square,
  TriangleAlert,
} from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/app/_components/ui/button";
import { formatBytes, formatDuration } from "@/app/_components/ui/format";
import { Tooltip } from "@/app/_components/ui/tooltip";
import { assertNever } from "@/lib/errors/assert-never";
import type { RecorderState } from "@/lib/recorder/recorder-state";
import { lag, progressInWords } from "./recording-words";
import type { SessionNoun } from "./session-noun";

export const RECORD_SHORTCUT = "Ctrl Shift R";

interface RecordControlProps {
  readonly state: RecorderState;
  /** Nobody clicked: administrators want it. */
  readonly isByPolicy: boolean;
  /** Another tab records this session. */
  readonly isElsewhere: boolean;
  /** There is no picture yet: there is nothing to record. */
  readonly waiting: boolean;
  readonly noun: SessionNoun;
  /** The session has ended: nothing more is recorded, but what was is shown. */
  readonly over: boolean;
  readonly onToggle: () => void;
}

/** Starts and stops the recording and says how it stands. */
export function RecordControl(props: RecordControlProps) {
  const { state, isByPolicy, isElsewhere, waiting, noun, over, onToggle } = props;
  const noPicture = `Recording is possible as soon as the ${noun} is connected.`;
  const record = over ? null : (
    <RecordButton
      disabled={waiting}
      hint={waiting ? noPicture : `Records this ${noun}`}
      onToggle={onToggle}
    />
  );
  switch (state.phase) {
    case "unsupported":
      return <RecordButton disabled hint={state.reason} onToggle={onToggle} />;
    case "idle":
      return isElsewhere && !over ? <RecordedElsewhere /> : record;
    case "starting":
      return (
        <Button look="quiet" busy>
          Starting
        </Button>
      );
    case "recording":
      return <Running state={state} isByPolicy={isByPolicy} onToggle={onToggle} />;
    case "saving":
      return (
        <Said
          icon={<LoaderCircle aria-hidden className="size-4 animate-spin" />}
          colour="text-uploading"
        >
          Saving…{" "}
          {state.remainingBytes > 0 && (
            <span className="font-normal text-ink-muted">
              {formatBytes(state.remainingBytes)} to go
            </span>
          )}
        </Said>
      );
    case "ready":
      return (
        <>
          <Said icon={<CircleCheck aria-hidden className="size-4" />} colour="text-ready">
            Ready
            <span aria-hidden> — </span>
            <WatchLink recordingId={state.recordingId} />
          </Said>
          {record}
        </>
      );
    case "failed":
      return (
        <>
          <Said icon={<TriangleAlert aria-hidden className="size-4" />} colour="text-failed">
            Recording failed
          </Said>
          {record}
        </>
      );
    default:
      return assertNever(state);
  }
}

interface RecordButtonProps {
  readonly disabled: boolean;
  readonly hint: string;
  readonly onToggle: () => void;
}

/** Stays focusable when it cannot be used, so that everybody can learn why. */
function RecordButton({ disabled, hint, onToggle }: RecordButtonProps) {
  return (
    <Tooltip content={hint} {...(disabled ? {} : { shortcut: RECORD_SHORTCUT })}>
      <Button
        look="quiet"
        aria-disabled={disabled || undefined}
        {...(disabled ? { "aria-description": hint } : {})}
        onClick={disabled ? undefined : onToggle}
      >
        <Circle aria-hidden strokeWidth={2.5} className="size-4 text-recording" />
        Record
      </Button>
    </Tooltip>
  );
}

function RecordedElsewhere() {
  return (
    <Said icon={<Circle aria-hidden className="size-4 fill-current" />} colour="text-recording">
      Recorded in another tab
    </Said>
  );
}

function Running(props: {
  readonly state: Extract<RecorderState, { phase: "recording" }>;
  readonly isByPolicy: boolean;
  readonly onToggle: () => void;
}) {
  const { state, isByPolicy, onToggle } = props;
  const words = progressInWords(state);
  return (
    <>
      <Tooltip content={words}>
        {/* Focusable, so that the keyboard reaches what hovering shows. */}
        <button
          type="button"
          aria-label={`Recording. ${words}`}
          className="flex h-(--control) items-center gap-2 rounded-md px-2 font-medium text-recording"
        >
          <span aria-hidden className="size-2.5 animate-mark rounded-full bg-recording" />
          {formatDuration(state.elapsedMs)}
        </button>
      </Tooltip>
      {isByPolicy && <p className="px-1 whitespace-nowrap text-ink-muted">Recorded by policy</p>}
      <Tooltip content="Stops and keeps the recording" shortcut={RECORD_SHORTCUT}>
        <Button icon={Square} onClick={onToggle}>
          Stop
        </Button>
      </Tooltip>
    </>
  );
}

function Said(props: {
  readonly icon: ReactNode;
  readonly colour: string;
  readonly children: ReactNode;
}) {
  return (
    <p className={`flex items-center gap-1.5 px-2 font-medium whitespace-nowrap ${props.colour}`}>
      {props.icon}
      <span>{props.children}</span>
    </p>
  );
}

function WatchLink({ recordingId }: { readonly recordingId: string }) {
  return (
    <a
      href={`/recordings/${recordingId}`}
      target="_blank"
      rel="noopener"
      className="inline-flex items-center gap-1 text-accent underline underline-offset-2"
    >
      Watch
      <ExternalLink aria-hidden className="size-3.5" />
      <span className="sr-only">(opens in a new tab)</span>
    </a>
  );
}

/** The thin line under the bar: how far the server is behind; nothing while all is safe. */
export function LagLine({ state }: { readonly state: RecorderState }) {
  if (state.phase !== "recording") return null;
  const behindSeconds = Math.max(0, Math.round((state.elapsedMs - state.safeMs) / 1000));
  return (
    <div
      role="meter"
      aria-label="Not yet safe on the server"
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={lag(state)}
      aria-valuetext={`${behindSeconds} seconds`}
      className="h-0.5 overflow-hidden bg-line"
    >
      <div
        className="h-full bg-uploading transition-[width]"
        style={{ width: `${lag(state) * 100}%` }}
      />
    </div>
  );
}
