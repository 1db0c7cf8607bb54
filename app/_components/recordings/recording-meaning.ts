import type {
  RecordingFlag as RecordingFlagName,
  RecordingJson,
} from "@/lib/recordings/recording-schema";
import { formatBytes } from "../ui/format";

/** What a recording's state means for its user; null where the word says it all. */
export function recordingMeaning(recording: RecordingJson): string | null {
  const safe = formatBytes(recording.upload_offset);
  switch (recording.status) {
    case "recording":
      return `Being made now; ${safe} are safe on the server.`;
    case "uploading":
      return `Stopped; ${safe} are safe on the server and the rest is on its way.`;
    case "ready":
      return null;
    case "failed":
      return recording.fail_message;
  }
}

type Flagged = Pick<RecordingJson, "held" | "interrupted" | "truncated" | "recovered" | "origin">;

export interface RecordingFlag {
  /** Short enough for a row of a list. */
  readonly word: string;
  /** The word, and what it means for the picture. */
  readonly sentence: string;
}

interface PossibleFlag extends RecordingFlag {
  readonly isSet: (recording: Flagged) => boolean;
}

/** What a filter by flag is called. */
export const FLAG_WORDS = {
  interrupted: "Interrupted",
  truncated: "Cut at the limit",
  recovered: "Recovered",
  held: "On hold",
} as const satisfies Record<RecordingFlagName, string>;

const FLAGS: readonly PossibleFlag[] = [
  {
    word: "On hold",
    sentence: "On hold: it is under legal hold, and nobody can delete it.",
    isSet: ({ held }) => held,
  },
  {
    word: "Interrupted",
    sentence: "Interrupted: the tab was closed; the last second may be missing.",
    isSet: ({ interrupted }) => interrupted,
  },
  {
    word: "Cut at the limit",
    sentence: "Cut at the limit: it reached the largest size allowed and was stopped there.",
    isSet: ({ truncated }) => truncated,
  },
  {
    word: "Recovered",
    sentence: "Recovered: its end was sent when the browser was opened again.",
    isSet: ({ recovered }) => recovered,
  },
  {
    word: "By policy",
    sentence: "By policy: it was started by the administrator's setting.",
    isSet: ({ origin }) => origin === "policy",
  },
  {
    word: "Uploaded",
    sentence: "Uploaded: it was sent as a file.",
    isSet: ({ origin }) => origin === "upload",
  },
];

/** What is special about a recording, in words. */
export function recordingFlags(recording: Flagged): readonly RecordingFlag[] {
  return FLAGS.filter(({ isSet }) => isSet(recording));
}

/** What a recording is called: its description, or else its file's name. */
export function recordingName(recording: RecordingJson): string {
  return recording.description === "" ? recording.filename : recording.description;
}

/** Whether a recording still changes by itself. */
export function isLive(recording: RecordingJson): boolean {
  return recording.status === "recording" || recording.status === "uploading";
}
