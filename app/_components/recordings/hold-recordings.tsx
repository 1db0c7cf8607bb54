"use client";

import type { RecordingJson } from "@/lib/recordings/recording-schema";
import { ReasonForm } from "../holds/reason-form";
import { Dialog } from "../ui/dialog";
import { countOf, formatBytes } from "../ui/format";
import { useLasting } from "../ui/use-lasting";
import type { HoldChange } from "./use-holding";

interface HoldRecordingsProps {
  /** What was asked for; null while nothing is. */
  readonly change: HoldChange | null;
  readonly onClose: () => void;
  readonly onConfirm: (change: HoldChange, reason: string) => void;
}

/** Asks for the one reason that holds on some recordings are placed or lifted for. */
export function HoldRecordings({ change, onClose, onConfirm }: HoldRecordingsProps) {
  const shown = useLasting(change);
  const isPlacing = shown?.kind === "place";
  const things = countOf(shown?.recordings.length ?? 0, "recording");
  return (
    <Dialog
      open={change !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={isPlacing ? `Put ${things} on hold?` : `Lift the holds on ${things}?`}
      description={shown === null ? "" : describe(shown)}
    >
      {shown !== null && (
        <ReasonForm
          submitLabel={isPlacing ? "Place hold" : "Lift holds"}
          onSubmit={(reason) => {
            onClose();
            onConfirm(shown, reason);
            return Promise.resolve();
          }}
        />
      )}
    </Dialog>
  );
}

function describe({ kind, recordings }: HoldChange): string {
  const size = formatBytes(sizeOf(recordings));
  if (kind === "lift") {
    return `${size} can be deleted again, by people and by the next sweep. What is held through its session or its user stays held.`;
  }
  const held = recordings.filter((recording) => recording.held).length;
  const already =
    held === 0
      ? ""
      : ` ${countOf(held, "is", "are")} on hold already and ${held === 1 ? "gets" : "get"} this one as well.`;
  return `Nobody can delete these ${size}, and no retention does, until the hold is lifted.${already}`;
}

function sizeOf(recordings: readonly RecordingJson[]): number {
  return recordings.reduce((sum, recording) => sum + recording.size_bytes, 0);
}
