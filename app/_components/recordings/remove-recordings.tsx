"use client";

import type { RecordingJson } from "@/lib/recordings/recording-schema";
import { ConfirmDialog } from "../ui/dialog";
import { countOf } from "../ui/format";
import { WhatGoes } from "./delete-recordings";
import { useLasting } from "../ui/use-lasting";

interface RemoveRecordingsProps {
  /** What was asked to be deleted; empty while nothing is. */
  readonly recordings: readonly RecordingJson[];
  /** An earlier deletion is not over yet. */
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onRemove: (recordings: readonly RecordingJson[]) => void;
}

/** Asks before recordings are deleted: how many, how much, how old, and what is held and stays. */
export function RemoveRecordings(props: RemoveRecordingsProps) {
  const { recordings, busy, onClose, onRemove } = props;
  const shown = useLasting(recordings.length > 0 ? recordings : null) ?? recordings;
  const going = shown.filter(({ held }) => !held);
  const held = shown.length - going.length;
  const things = countOf(going.length, "recording");
  return (
    <ConfirmDialog
      open={recordings.length > 0}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={going.length === 0 ? "Nothing can be deleted" : `Delete ${things}?`}
      description={
        <>
          {going.length > 0 && <WhatGoes recordings={going} canBeUndone />}
          {held > 0 &&
            ` ${countOf(held, "recording is", "recordings are")} under legal hold and stay${held === 1 ? "s" : ""}.`}
        </>
      }
      confirmLabel={going.length === 0 ? "Close" : `Delete ${things}`}
      onConfirm={() => {
        if (busy) {
          const sentence =
            "Another deletion is still under way. Wait until it is over, or stop it.";
          return Promise.reject(new Error(sentence));
        }
        if (going.length > 0) onRemove(going);
        return Promise.resolve();
      }}
    />
  );
}
