"use client";

import { RotateCw } from "lucide-react";
import { useState } from "react";
import { problemSentence, readApi } from "@/app/_components/api-client";
import { Button } from "@/app/_components/ui/button";
import { useToasts } from "@/app/_components/ui/toast";
import { type RecordingJson, recordingSchema } from "@/lib/recordings/recording-schema";

interface SealAgainProps {
  readonly recordingId: string;
  readonly onSealed: (recording: RecordingJson) => void;
}

/** Asks the server to finish a failed recording once more, from the bytes that it kept. */
export function SealAgain({ recordingId, onSealed }: SealAgainProps) {
  const toasts = useToasts();
  const [busy, setBusy] = useState(false);
  const retry = async () => {
    setBusy(true);
    try {
      const path = `/api/recordings/${recordingId}/seal`;
      const recording = await readApi(path, recordingSchema, { method: "POST" });
      if (recording.status === "failed") toasts.say("It failed again for the same reason.");
      onSealed(recording);
    } catch (error) {
      toasts.say(problemSentence(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button look="solid" icon={RotateCw} busy={busy} onClick={() => void retry()}>
      Try again
    </Button>
  );
}
