import type { RecordingJson } from "@/lib/recordings/recording-schema";
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

export interface RecordingFlag {
  readonly word: string;
  readonly meaning: string;
}

/** What is special about a recording, in words. */
export function recordingFlags(recording: RecordingJson): readonly RecordingFlag[] {
  const flags: RecordingFlag[] = [];
  if (recording.truncated) {
    flags.push({
      word: "Cut at the limit",
      meaning: "It reached the size limit and was stopped there.",
    });
  }
  if (recording.interrupted) {
    flags.push({
      word: "Interrupted",
      meaning: "The tab was closed; the last seconds may be missing.",
    });
  }
  if (recording.recovered) {
    flags.push({
      word: "Recovered",
      meaning: "It was finished later, from what the browser had kept.",
    });
  }
  if (recording.origin === "policy") {
    flags.push({ word: "By policy", meaning: "It was started by the administrator's setting." });
  }
  return flags;
}

/** What a recording is called: its description, or else its file's name. */
export function recordingName(recording: RecordingJson): string {
  return recording.description === "" ? recording.filename : recording.description;
}

/** Whether a recording still changes by itself. */
export function isLive(recording: RecordingJson): boolean {
  return recording.status === "recording" || recording.status === "uploading";
}
