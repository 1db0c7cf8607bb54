"use client";

import { useEffect, useRef, useState } from "react";
import { type RecordingJson, recordingSchema } from "@/lib/recordings/recording-schema";
import { problemSentence, readApi } from "../api-client";
import { Player } from "../player/player";
import { hasSound } from "../player/recording-words";
import { ButtonLink } from "../ui/button";
import { Dialog, DialogActions } from "../ui/dialog";
import { recordingMeaning, recordingName } from "./recording-meaning";

interface PlayDialogProps {
  /** The recording that the address names; empty when it names none. */
  readonly id: string;
  readonly onClose: () => void;
}

/** Plays a recording over the list it is in. Escape goes back to the list. */
export function PlayDialog({ id, onClose }: PlayDialogProps) {
  const found = useRecording(id);
  const recording = found?.recording ?? null;
  return (
    <Dialog
      open={id !== ""}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      size="wide"
      title={recording === null ? "Recording" : recordingName(recording)}
      description={
        recording === null ? found?.problem : `${recording.app_name}, by ${recording.username}`
      }
    >
      {recording !== null && <Picture recording={recording} />}
      <DialogActions>
        <ButtonLink href={`/recordings/${id}`}>All about it</ButtonLink>
      </DialogActions>
    </Dialog>
  );
}

function Picture({ recording }: { readonly recording: RecordingJson }) {
  const video = useRef<HTMLVideoElement>(null);
  if (recording.status !== "ready") {
    return <p className="text-ink-muted">{recordingMeaning(recording)}</p>;
  }
  const { width, height } = recording;
  return (
    <Player
      video={video}
      src={`/api/recordings/${recording.id}/download`}
      poster={recording.has_poster ? `/api/recordings/${recording.id}/poster` : null}
      shape={width === null || height === null || height === 0 ? null : width / height}
      hasSound={hasSound(recording)}
      startAt={null}
      label={`Recording of ${recording.app_name} by ${recording.username}`}
    />
  );
}

interface Found {
  readonly id: string;
  readonly recording: RecordingJson | null;
  /** Why it cannot be shown. */
  readonly problem: string;
}

/** Reads the recording; the last one stays while the dialog leaves. */
function useRecording(id: string): Found | null {
  const [found, setFound] = useState<Found | null>(null);
  useEffect(() => {
    if (id === "") return;
    const leaving = new AbortController();
    readApi(`/api/recordings/${encodeURIComponent(id)}`, recordingSchema, {
      signal: leaving.signal,
    }).then(
      (recording) => setFound({ id, recording, problem: "" }),
      (error: unknown) => {
        if (leaving.signal.aborted) return;
        setFound({ id, recording: null, problem: problemSentence(error) });
      },
    );
    return () => leaving.abort();
  }, [id]);
  return id === "" || found?.id === id ? found : null;
}
