"use client";

import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { ConfirmDialog } from "@/app/_components/ui/dialog";
import { mayStart } from "@/lib/recorder/recorder-state";
import type { MicrophoneControl } from "@/lib/recorder/use-microphone";
import type { Recorder } from "@/lib/recorder/use-recorder";
import type { EndNote } from "@/lib/gateway/session-note";
import type { SessionJson } from "@/lib/sessions/session-schema";
import { ClipboardDialog } from "./clipboard-dialog";
import { type Connection, connectionInWords, isFinal } from "./connection";
import type { SessionConnection } from "./session-connection";
import { Overlay } from "./overlay";
import { createPicture } from "./picture";
import { announcement, noticeInWords, recordingWhileAway } from "./recording-words";
import { describeRecording, endSession, startSession } from "./session-api";
import { endInWords } from "./end-words";
import { nounOf, type SessionNoun } from "./session-noun";
import { type BarRecorder, Toolbar } from "./toolbar";
import type { AutoRecord } from "./use-auto-record";
import { useSessionBar } from "./use-session-bar";

interface SessionScreenProps {
  readonly session: SessionJson;
  readonly connection: SessionConnection;
  readonly clipboard: string;
  /** What is known of when the session will be closed. */
  readonly end: EndNote["end"];
  readonly recorder: Recorder | null;
  readonly microphone: MicrophoneControl | null;
  /** Null exactly where there is no recorder. */
  readonly autoRecord: AutoRecord | null;
}

const PREPARING: Connection = { phase: "preparing" };

/** What is seen in a session's tab: the desktop or app, the bar over it and what must be said. */
export function SessionScreen(props: SessionScreenProps) {
  const { session, connection, clipboard, recorder, microphone, autoRecord } = props;
  const endNotice = endInWords(props.end, session);
  const noun = nounOf(session);
  const state = useSyncExternalStore(connection.subscribe, connection.getState, () => PREPARING);
  const [dialog, setDialog] = useState<"clipboard" | "end" | "stop" | null>(null);
  const mount = useRef<HTMLDivElement>(null);
  const barElement = useRef<HTMLElement>(null);
  const barRecorder = useBarRecorder(recorder, autoRecord, {
    connected: state.phase === "connected",
    noun,
    microphoneNotice: microphone === null ? null : noticeOf(microphone),
    askToStop: () => setDialog("stop"),
  });
  const recording = recorder?.state.phase === "recording" || recorder?.state.phase === "starting";
  const focusSession = () => {
    barElement.current?.querySelector<HTMLElement>(":focus")?.blur();
    connection.focus();
  };
  const bar = useSessionBar({
    bar: barElement,
    hold: !isQuiet(barRecorder) || endNotice !== null || state.phase === "lost" || dialog !== null,
    focusSession,
    toggleRecording: barRecorder?.toggle ?? null,
  });

  useEffect(() => {
    if (mount.current === null) return;
    connection.start(createPicture(mount.current));
    return () => connection.stop();
  }, [connection]);
  useFocusWhenConnected(connection, state.phase);
  const over = isFinal(state);
  const isWanted = autoRecord?.isWanted ?? false;
  useStopWithSession(over, recorder);
  useMarkInTitle(recording);

  const end = async () => {
    autoRecord?.rest(true);
    try {
      if (recording) await recorder.stop();
      await endSession(session.id);
      connection.end("You ended the session.");
    } catch (error) {
      autoRecord?.rest(false);
      throw error;
    }
  };
  const startAgain = async () => {
    const next = await startSession(session.app_id);
    window.location.assign(`/sessions/${next.id}`);
  };
  return (
    <main className="fixed inset-0 overflow-hidden bg-page select-none">
      <div ref={mount} className="absolute inset-0" />
      {session.app_kind === "web" && <FrameEdge onReach={bar.enter} />}
      <Overlay
        connection={state}
        appName={session.app_name}
        noun={noun}
        recordingNote={
          recorder === null ? null : recordingWhileAway(recorder.state, over, isWanted)
        }
        recordingEnabled={recorder !== null}
        onRetry={connection.retryNow}
        onStartAgain={startAgain}
        onGiveUp={() => setDialog("end")}
      />
      <button
        type="button"
        aria-label="Show the session bar"
        onClick={bar.enter}
        className="absolute top-0 left-1/2 z-10 hidden h-11 w-16 -translate-x-1/2 justify-center pt-1 pointer-coarse:flex"
      >
        <span aria-hidden className="h-1 w-10 rounded-full bg-pressed" />
      </button>
      <Toolbar
        ref={barElement}
        bar={bar}
        appName={session.app_name}
        connection={state}
        endNotice={endNotice}
        recorder={barRecorder}
        microphone={microphone}
        onClipboard={session.app_kind === "desktop" ? () => setDialog("clipboard") : null}
        onEnd={() => setDialog("end")}
        onLeave={focusSession}
      />
      <ClipboardDialog
        open={dialog === "clipboard"}
        onOpenChange={(open) => setDialog(open ? "clipboard" : null)}
        text={clipboard}
        onSend={(text) => connection.paste(text)}
      />
      <ConfirmDialog
        open={dialog === "end"}
        onOpenChange={(open) => setDialog(open ? "end" : null)}
        title="End this session?"
        description={whatEndingDoes(state, noun, recording)}
        confirmLabel="End session"
        onConfirm={end}
      />
      <ConfirmDialog
        open={dialog === "stop"}
        onOpenChange={(open) => setDialog(open ? "stop" : null)}
        title="Stop this recording?"
        description="Your administrator has every session recorded. You may stop all the same; that is noted. What was recorded is kept."
        confirmLabel="Stop recording"
        onConfirm={async () => autoRecord?.declineAndStop()}
      />
      <p role="status" className="sr-only">
        {connectionInWords(state)} {endNotice}
      </p>
      <p role="status" className="sr-only">
        {recorder === null ? "" : announcement(recorder.state, autoRecord?.notice ?? null)}
      </p>
    </main>
  );
}

function whatEndingDoes(state: Connection, noun: SessionNoun, recording: boolean): string {
  if (state.phase === "preparing" && state.place !== undefined) {
    return "It gives up its place in line.";
  }
  const loss = `The ${noun} closes and what is open there is lost.`;
  return recording ? `${loss} The recording is stopped and saved first.` : loss;
}

/**
 * A frame keeps the pointer and the keyboard to itself. At its top edge the pointer is still seen; and whoever
 * leaves the app by Tab comes to a way to the bar.
 */
function FrameEdge({ onReach }: { readonly onReach: () => void }) {
  return (
    <>
      <div aria-hidden className="absolute inset-x-0 top-0 z-[5] h-1" />
      <button
        type="button"
        onClick={onReach}
        className="absolute bottom-2 left-1/2 z-10 -translate-x-1/2 rounded-md bg-raised px-3 py-2 text-ink shadow-popup not-focus:sr-only"
      >
        To the session bar
      </button>
    </>
  );
}

/** Nothing about recording has to be seen. */
function isQuiet(recorder: BarRecorder | null): boolean {
  if (recorder === null) return true;
  return ["idle", "unsupported"].includes(recorder.state.phase) && recorder.notice === null;
}

interface BarRecorderOptions {
  readonly connected: boolean;
  readonly noun: SessionNoun;
  readonly microphoneNotice: string | null;
  /** Stopping what administrators want is asked once. */
  readonly askToStop: () => void;
}

/** The recorder with the description that was given to its latest recording. */
function useBarRecorder(
  recorder: Recorder | null,
  autoRecord: AutoRecord | null,
  { connected, noun, microphoneNotice, askToStop }: BarRecorderOptions,
): BarRecorder | null {
  const [described, setDescribed] = useState({ recordingId: "", description: "" });
  if (recorder === null || autoRecord === null) return null;
  const { state, start, stop, dismiss } = recorder;
  const recordingId = state.phase === "ready" ? state.recordingId : "";
  return {
    state,
    isByPolicy: autoRecord.isByPolicy,
    isElsewhere: autoRecord.isElsewhere,
    noun,
    notice: noticeInWords(state) ?? microphoneNotice ?? autoRecord.notice,
    description: described.recordingId === recordingId ? described.description : "",
    toggle: () => {
      if (state.phase === "recording" && autoRecord.isWanted) askToStop();
      else if (state.phase === "recording") void stop();
      else if (connected && autoRecord.asksForClick) void autoRecord.startByClick();
      else if (connected && mayStart(state)) void start();
    },
    dismiss,
    describe: async (description) => {
      await describeRecording(recordingId, description);
      setDescribed({ recordingId, description });
    },
  };
}

function noticeOf({ state }: MicrophoneControl): string | null {
  return state.phase === "off" ? state.notice : null;
}

/** The session gets the keyboard as soon as it is there, unless the person is busy elsewhere. */
function useFocusWhenConnected(connection: SessionConnection, phase: Connection["phase"]): void {
  useEffect(() => {
    if (phase === "connected" && document.activeElement === document.body) connection.focus();
  }, [connection, phase]);
}

/** The browser's tab strip shows which tab records. */
function useMarkInTitle(recording: boolean): void {
  useEffect(() => {
    if (!recording) return;
    const title = document.title;
    document.title = `● ${title}`;
    return () => {
      document.title = title;
    };
  }, [recording]);
}

/** A session that does not come back by itself is not recorded any longer: what was recorded is saved. */
function useStopWithSession(over: boolean, recorder: Recorder | null): void {
  const recordingPhase = recorder?.state.phase;
  const stop = recorder?.stop;
  useEffect(() => {
    if (over && recordingPhase === "recording") void stop?.();
  }, [over, recordingPhase, stop]);
}
