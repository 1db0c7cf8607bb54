"use client";

import { useEffect, useState } from "react";
import { createWorkerClock } from "@/lib/recorder/clock";
import { useMicrophone } from "@/lib/recorder/use-microphone";
import { useRecorder } from "@/lib/recorder/use-recorder";
import type { EndNote, RecordingNote } from "@/lib/gateway/session-note";
import type { SessionJson } from "@/lib/sessions/session-schema";
import { SessionConnection } from "./session-connection";
import { RecoveryStrip } from "../recovery/recovery-strip";
import { useDesktopPointer } from "./desktop-pointer";
import { sessionApi } from "./session-api";
import { SessionScreen } from "./session-screen";
import { openView } from "./session-view";
import { useAutoRecord } from "./use-auto-record";

/** What recording needs to know. */
interface SessionRecording {
  readonly maxSizeBytes: number;
  /** Administrators want this session recorded, as far as is known before it is connected. */
  readonly isWanted: boolean;
  /** Who looks at the tab. */
  readonly userId: string;
}

export interface SessionTabProps {
  readonly session: SessionJson;
  /** Null where recording is switched off. */
  readonly recording: SessionRecording | null;
}

/** A session's own browser tab: its desktop in the whole window, and a bar that keeps out of the way. */
export function SessionTab({ session, recording }: SessionTabProps) {
  const [clipboard, setClipboard] = useState("");
  const [note, setNote] = useState<RecordingNote | null>(null);
  const [end, setEnd] = useState<EndNote["end"]>(null);
  const [connection] = useState(
    () =>
      new SessionConnection({
        sessionId: session.id,
        api: sessionApi,
        open: openView,
        newClock: createWorkerClock,
        onClipboard: setClipboard,
        onNote: (next) => (next.about === "recording" ? setNote(next) : setEnd(next.end)),
      }),
  );
  useEffect(() => {
    // A network that is back, or a tab that is looked at again, need not wait for the next try.
    const retry = () => {
      if (document.visibilityState === "visible") connection.retryAfterLoss();
    };
    window.addEventListener("online", retry);
    document.addEventListener("visibilitychange", retry);
    return () => {
      window.removeEventListener("online", retry);
      document.removeEventListener("visibilitychange", retry);
    };
  }, [connection]);
  const parts = { session, connection, clipboard, end };
  if (recording === null) {
    return <SessionScreen {...parts} recorder={null} microphone={null} autoRecord={null} />;
  }
  return <RecordedSession {...parts} {...recording} note={note} />;
}

interface RecordedSessionProps extends SessionRecording {
  readonly session: SessionJson;
  readonly connection: SessionConnection;
  readonly clipboard: string;
  readonly end: EndNote["end"];
  readonly note: RecordingNote | null;
}

function RecordedSession({ maxSizeBytes, userId, isWanted, note, ...parts }: RecordedSessionProps) {
  const getPointer = useDesktopPointer(parts.connection.liveCanvas);
  const microphone = useMicrophone();
  const recorder = useRecorder({
    sessionId: parts.session.id,
    userId,
    appName: parts.session.app_name,
    source:
      parts.session.app_kind === "desktop"
        ? { kind: "canvas", getCanvas: parts.connection.liveCanvas, getPointer }
        : { kind: "tab", getElement: parts.connection.liveElement },
    newSound: microphone.newTrack,
    maxSizeBytes,
  });
  const autoRecord = useAutoRecord({ ...parts, recorder, note, isWanted });
  const { state, dismiss } = recorder;
  const failedId = state.phase === "failed" ? state.recordingId : null;
  const failedHere = failedId === null ? null : { recordingId: failedId, onSaved: dismiss };
  return (
    <>
      <SessionScreen {...parts} {...{ recorder, microphone, autoRecord }} />
      <RecoveryStrip
        userId={userId}
        limitBytes={maxSizeBytes}
        beside="nothing"
        failedHere={failedHere}
      />
    </>
  );
}
