"use client";

import { LoaderCircle, Mic, MicOff } from "lucide-react";
import { Button, IconButton } from "@/app/_components/ui/button";
import { Tooltip } from "@/app/_components/ui/tooltip";
import { assertNever } from "@/lib/errors/assert-never";
import type { RecorderState } from "@/lib/recorder/recorder-state";
import type { MicrophoneControl } from "@/lib/recorder/use-microphone";

const TURN_ON = "Turn the microphone on";
const TOO_LATE =
  "This recording began without sound. Stop it and turn the microphone on before you record again.";

interface MicrophoneButtonProps {
  readonly microphone: MicrophoneControl;
  readonly recording: RecorderState;
  /** Only what must be seen: that somebody is heard. */
  readonly compact: boolean;
}

/** Turns the person's voice in recordings on and off, and says for as long as it is on that it is. */
export function MicrophoneButton({ microphone, recording, compact }: MicrophoneButtonProps) {
  const { state, toggle } = microphone;
  const isTooLate = recording.phase === "recording" && !recording.hasSound;
  switch (state.phase) {
    case "on":
      return (
        <Tooltip content={onHint(recording)}>
          <Button look="quiet" aria-pressed onClick={() => void toggle()}>
            <Mic aria-hidden className="size-4 text-recording" />
            Microphone on
          </Button>
        </Tooltip>
      );
    case "asking":
      return compact ? null : (
        <IconButton icon={LoaderCircle} label="Waiting for the microphone" disabled />
      );
    case "off":
      return compact ? null : (
        <Tooltip content={isTooLate ? TOO_LATE : TURN_ON}>
          <Button
            look="quiet"
            icon={MicOff}
            aria-label={TURN_ON}
            aria-disabled={isTooLate || undefined}
            {...(isTooLate ? { "aria-description": TOO_LATE } : {})}
            onClick={isTooLate ? undefined : () => void toggle()}
          />
        </Tooltip>
      );
    default:
      return assertNever(state);
  }
}

function onHint(recording: RecorderState): string {
  if (recording.phase === "recording" && !recording.hasSound) return TOO_LATE;
  return recording.phase === "recording"
    ? "You are heard in the recording. Press to turn the microphone off."
    : "You are heard in the next recording. Press to turn the microphone off.";
}
