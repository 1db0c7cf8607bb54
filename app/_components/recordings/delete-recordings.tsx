"use client";

import { useRef, useState } from "react";
import type { RecordingJson } from "@/lib/recordings/recording-schema";
import { problemSentence } from "../api-client";
import { Button } from "../ui/button";
import { ConfirmDialog } from "../ui/dialog";
import { countOf, formatBytes } from "../ui/format";
import { RelativeTime } from "../ui/time";
import { useToasts } from "../ui/toast";
import { deleteRecording } from "./delete-recording";
import { isLive, recordingName } from "./recording-meaning";
import { useLasting } from "../ui/use-lasting";

interface DeleteRecordingsProps {
  /** What was asked to be deleted; empty while nothing is. */
  readonly recordings: readonly RecordingJson[];
  readonly onClose: () => void;
  readonly onDeleted: (id: string) => void;
}

/** Asks, saying what goes, and deletes one after the other with a count and a way to stop. */
export function DeleteRecordings({ recordings, onClose, onDeleted }: DeleteRecordingsProps) {
  const toasts = useToasts();
  const [done, setDone] = useState(0);
  const stop = useRef(new AbortController());
  const shown = useLasting(recordings.length > 0 ? recordings : null) ?? recordings;

  const deleteAll = async () => {
    stop.current = new AbortController();
    const { signal } = stop.current;
    let deleted = 0;
    try {
      for (const recording of shown) {
        if (signal.aborted) break;
        await deleteRecording(recording.id);
        onDeleted(recording.id);
        deleted += 1;
        setDone(deleted);
      }
      toasts.say(`${countOf(deleted, "recording")} deleted.`);
    } catch (error) {
      const before = deleted === 0 ? "" : `${countOf(deleted, "recording")} deleted, then: `;
      throw new Error(`${before}${problemSentence(error)}`, { cause: error });
    } finally {
      setDone(0);
    }
  };

  const one = shown.length === 1 ? shown[0] : undefined;
  const things = countOf(shown.length, "recording");
  return (
    <ConfirmDialog
      open={recordings.length > 0}
      onOpenChange={(open) => {
        if (open) return;
        stop.current.abort();
        onClose();
      }}
      title={one === undefined ? `Delete ${things}?` : `Delete “${recordingName(one)}”?`}
      description={<WhatGoes recordings={shown} />}
      confirmLabel={one === undefined ? `Delete ${things}` : "Delete recording"}
      onConfirm={deleteAll}
    >
      {shown.length > 1 && done > 0 && (
        <div className="mt-3 flex items-center gap-3">
          <progress
            aria-label="Deleted"
            value={done}
            max={shown.length}
            className="h-1 flex-1 accent-accent"
          />
          <span role="status">{`${done} of ${shown.length}`}</span>
          <Button onClick={() => stop.current.abort()}>Stop</Button>
        </div>
      )}
    </ConfirmDialog>
  );
}

interface WhatGoesProps {
  readonly recordings: readonly RecordingJson[];
  /** For ten seconds. */
  readonly canBeUndone?: boolean;
}

/** What is lost with the recordings, in a sentence or two. */
export function WhatGoes({ recordings, canBeUndone = false }: WhatGoesProps) {
  const sizeBytes = recordings.reduce((sum, recording) => sum + recording.size_bytes, 0);
  const oldest = recordings.reduce<RecordingJson | undefined>(
    (first, next) => (first === undefined || next.created_at < first.created_at ? next : first),
    undefined,
  );
  const live = recordings.filter(isLive).length;
  return (
    <>
      {recordings.length === 1 ? "The video" : `${recordings.length} videos`} of{" "}
      {formatBytes(sizeBytes)} {recordings.length === 1 ? "goes" : "go"} for good
      {recordings.length > 1 && oldest !== undefined && (
        <>
          ; the oldest was made <RelativeTime at={oldest.created_at} />
        </>
      )}
      {canBeUndone ? ". You have ten seconds to take it back." : ". This cannot be taken back."}
      {live > 0 && ` ${countOf(live, "of them is", "of them are")} still being made or sent.`}
    </>
  );
}
