"use client";

import type { RecordingJson } from "@/lib/recordings/recording-schema";
import { mayAccess } from "@/lib/recordings/recording-policy";
import { ownedOf, useActor } from "../actor";
import { ConfirmDialog } from "../ui/dialog";
import { countOf, formatBytes } from "../ui/format";
import { RelativeTime } from "../ui/time";
import { useLasting } from "../ui/use-lasting";
import { isLive, recordingName } from "./recording-meaning";

interface RemoveRecordingsProps {
  /** What was asked to be deleted; empty while nothing is. */
  readonly recordings: readonly RecordingJson[];
  /** An earlier deletion is not over yet. */
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onRemove: (recordings: readonly RecordingJson[]) => void;
}

/** Asks before recordings are deleted: how many, how much, how old, and what stays and why. */
export function RemoveRecordings(props: RemoveRecordingsProps) {
  const { recordings, busy, onClose, onRemove } = props;
  const actor = useActor();
  const shown = useLasting(recordings.length > 0 ? recordings : null) ?? recordings;
  const deletable = shown.filter((each) => mayAccess(actor, "delete", ownedOf(each)));
  const going = deletable.filter(({ held }) => !held);
  const [one] = shown.length === 1 ? going : [];
  const things = countOf(going.length, "recording");
  return (
    <ConfirmDialog
      open={recordings.length > 0}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={titleOf(going.length, one)}
      description={
        <>
          {going.length > 0 && <WhatGoes recordings={going} />}
          {stays(deletable.length - going.length, "under legal hold")}
          {stays(shown.length - deletable.length, "not for you to delete")}
        </>
      }
      confirmLabel={going.length === 0 ? "Close" : `Delete ${one ? "recording" : things}`}
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

function titleOf(going: number, one: RecordingJson | undefined): string {
  if (going === 0) return "Nothing can be deleted";
  return `Delete ${one ? `“${recordingName(one)}”` : countOf(going, "recording")}?`;
}

function stays(count: number, why: string): string {
  if (count === 0) return "";
  return ` ${countOf(count, "recording is", "recordings are")} ${why} and stay${count === 1 ? "s" : ""}.`;
}

/** What is lost with the recordings, in a sentence or two. */
function WhatGoes({ recordings }: { readonly recordings: readonly RecordingJson[] }) {
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
      . You have ten seconds to take it back.
      {live > 0 && ` ${countOf(live, "of them is", "of them are")} still being made or sent.`}
    </>
  );
}
