"use client";

import { Clipboard, Maximize, Minimize, Power, X } from "lucide-react";
import { type MouseEvent, type ReactNode, type Ref, useSyncExternalStore } from "react";
import { DescriptionEditor } from "@/app/_components/description-editor";
import { IconButton } from "@/app/_components/ui/button";
import { classes } from "@/app/_components/ui/classes";
import type { RecorderState } from "@/lib/recorder/recorder-state";
import type { MicrophoneControl } from "@/lib/recorder/use-microphone";
import { type Connection, connectionInWords } from "./connection";
import { MicrophoneButton } from "./microphone-button";
import { LagLine, RecordControl } from "./record-control";
import type { SessionNoun } from "./session-noun";
import type { SessionBar } from "./use-session-bar";

/** A recorder as the bar sees it. */
export interface BarRecorder {
  readonly state: RecorderState;
  /** Nobody clicked: administrators want it. */
  readonly isByPolicy: boolean;
  /** Another tab records this session. */
  readonly isElsewhere: boolean;
  /** A sentence that the person should read now, or null. */
  readonly notice: string | null;
  readonly description: string;
  /** What is recorded, in a word. */
  readonly noun: SessionNoun;
  readonly toggle: () => void;
  readonly dismiss: () => void;
  readonly describe: (description: string) => Promise<void>;
}

interface ToolbarProps {
  readonly ref: Ref<HTMLElement>;
  readonly bar: SessionBar;
  readonly appName: string;
  readonly connection: Connection;
  /** That the session is about to be closed, as a sentence; null while it is not. */
  readonly endNotice: string | null;
  /** Null where recording is switched off: then nothing of it is shown. */
  readonly recorder: BarRecorder | null;
  /** Null where recording is switched off: nobody would be heard. */
  readonly microphone: MicrophoneControl | null;
  /** Null where the session takes the browser's own clipboard. */
  readonly onClipboard: (() => void) | null;
  readonly onEnd: () => void;
  readonly onLeave: () => void;
}

/** The session's bar at the top edge. */
export function Toolbar(props: ToolbarProps) {
  const { ref, bar, appName, connection, endNotice, recorder, microphone } = props;
  const { onClipboard, onEnd, onLeave } = props;
  const connected = connection.phase === "connected";
  const over = connection.phase === "ended";
  const compact = bar.resting && connected && recorder?.state.phase === "recording";
  const leaveAfterClick = (event: MouseEvent) => {
    // A click by pointer hands the keyboard back to the desktop; the keyboard stays where it is.
    if (event.detail > 0 && !isField(event.target)) onLeave();
  };
  return (
    <section
      ref={ref}
      aria-label="Session bar"
      onClick={leaveAfterClick}
      className={classes(
        "absolute inset-x-2 top-0 z-20 mx-auto w-fit max-w-xl overflow-hidden rounded-b-md bg-raised text-ink shadow-popup transition-[translate,opacity]",
        !bar.visible && "pointer-events-none -translate-y-full opacity-0",
      )}
    >
      <div className="flex flex-wrap items-center justify-center gap-x-1 px-1.5 py-1">
        {!compact && <Identity name={appName} connection={connection} />}
        {!compact && !over && (
          <>
            {onClipboard !== null && (
              <IconButton
                icon={Clipboard}
                label="Clipboard"
                disabled={!connected}
                onClick={onClipboard}
              />
            )}
            <FullscreenButton />
          </>
        )}
        {recorder !== null && (
          <RecordControl
            state={recorder.state}
            isByPolicy={recorder.isByPolicy}
            isElsewhere={recorder.isElsewhere}
            waiting={!connected}
            noun={recorder.noun}
            over={over}
            onToggle={recorder.toggle}
          />
        )}
        {recorder !== null && microphone !== null && !over && (
          <MicrophoneButton microphone={microphone} recording={recorder.state} compact={compact} />
        )}
        {!compact && !over && <IconButton icon={Power} label="End session" onClick={onEnd} />}
      </div>
      {endNotice !== null && !over && (
        <div className="border-t border-line px-3.5 py-1">
          <Notice>{endNotice}</Notice>
        </div>
      )}
      {recorder !== null && <RecordingRow recorder={recorder} />}
      {recorder !== null && <LagLine state={recorder.state} />}
    </section>
  );
}

function isField(target: EventTarget): boolean {
  return target instanceof Element && target.closest("form, a, [data-keeps-focus]") !== null;
}

function Identity({
  name,
  connection,
}: {
  readonly name: string;
  readonly connection: Connection;
}) {
  const live = connection.phase === "connected";
  return (
    <p className="flex min-w-0 items-center gap-2 px-2">
      <span className="truncate font-medium">{name}</span>
      <span className="flex items-center gap-1.5 whitespace-nowrap text-ink-muted">
        <span
          aria-hidden
          className={classes(
            "size-2 rounded-full",
            live ? "bg-ready" : "border-2 border-uploading",
          )}
        />
        {connectionInWords(connection)}
      </span>
    </p>
  );
}

/** What is to be said of the recording, under the controls. */
function RecordingRow({ recorder }: { readonly recorder: BarRecorder }) {
  const { state, notice, description, dismiss, describe } = recorder;
  const settled =
    state.phase === "ready" ||
    state.phase === "failed" ||
    (state.phase === "idle" && state.notice !== undefined);
  if (notice === null && !settled) return null;
  return (
    <div data-keeps-focus className="flex items-center gap-1 border-t border-line px-1.5 py-1">
      <div className="min-w-0 flex-1 px-2">
        {notice !== null && <Notice>{notice}</Notice>}
        {state.phase === "ready" && (
          <DescriptionEditor key={state.recordingId} description={description} onSave={describe} />
        )}
      </div>
      {settled && <IconButton icon={X} label="Close this message" onClick={dismiss} />}
    </div>
  );
}

function Notice({ children }: { readonly children: ReactNode }) {
  return <p className="max-w-md py-1 text-pretty text-ink-muted">{children}</p>;
}

function subscribeToFullscreen(listener: () => void): () => void {
  document.addEventListener("fullscreenchange", listener);
  return () => document.removeEventListener("fullscreenchange", listener);
}

function FullscreenButton() {
  const full = useSyncExternalStore(
    subscribeToFullscreen,
    () => document.fullscreenElement !== null,
    () => false,
  );
  // The whole page, not the desktop alone: dialogs and tooltips are drawn beside it.
  const toggle = () =>
    full ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  return (
    <IconButton
      icon={full ? Minimize : Maximize}
      label={full ? "Leave full screen" : "Full screen"}
      onClick={() => void toggle().catch(() => undefined)}
    />
  );
}
