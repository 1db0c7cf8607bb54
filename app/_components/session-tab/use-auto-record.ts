"use client";

import { useEffect, useState, useSyncExternalStore } from "react";
import type { RecordingNote } from "@/lib/gateway/session-note";
import type { Recorder } from "@/lib/recorder/use-recorder";
import type { SessionJson } from "@/lib/sessions/session-schema";
import { AutoRecorder, type AutoRecordState, ONE_CLICK, QUIET } from "./auto-recorder";
import type { Connection } from "./connection";
import type { SessionConnection } from "./session-connection";
import { declineAutoRecord } from "./session-api";

/** Recording that nobody clicked for, as the tab shows it. */
export interface AutoRecord extends AutoRecordState {
  readonly isWanted: boolean;
  /** Starts what is wanted where the browser wants a click for it. */
  readonly startByClick: () => Promise<void>;
  /** Says that this session is not to be recorded, and stops the recording. */
  readonly declineAndStop: () => Promise<void>;
  /** Starts nothing more, because the session is being ended; `false` takes it back. */
  readonly rest: (isResting: boolean) => void;
}

interface Options {
  readonly session: SessionJson;
  readonly connection: SessionConnection;
  readonly recorder: Recorder;
  readonly note: RecordingNote | null;
  /** What is known before the first note. */
  readonly isWanted: boolean;
}

const PREPARING: Connection = { phase: "preparing" };

/** Records the session when administrators want that. */
export function useAutoRecord(options: Options): AutoRecord {
  const { session, connection, recorder, note, isWanted } = options;
  const { state: recording, start, stop } = recorder;
  const [auto] = useState(() => {
    const decline = () => declineAutoRecord(session.id);
    // Nobody captures a tab without a click.
    return new AutoRecorder({ start, stop, decline, needsClick: session.app_kind === "web" });
  });
  const { phase } = useSyncExternalStore(
    connection.subscribe,
    connection.getState,
    () => PREPARING,
  );
  const connected = phase === "connected";
  useEffect(() => {
    auto.update({ note, connected, recording });
  }, [auto, note, connected, recording]);
  useEffect(() => () => auto.dispose(), [auto]);
  const state = useSyncExternalStore(auto.subscribe, auto.getState, () => QUIET);
  return {
    ...state,
    notice: state.notice ?? (state.asksForClick ? ONE_CLICK : null),
    startByClick: auto.startByClick,
    isWanted: note?.auto_record ?? isWanted,
    declineAndStop: auto.declineAndStop,
    rest: auto.rest,
  };
}
