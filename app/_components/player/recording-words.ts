import type { RecordingJson } from "@/lib/recordings/recording-schema";

/** What a recording went through, each as a sentence that says what it means for the picture. */
export function flagsInWords(
  recording: Pick<RecordingJson, "interrupted" | "truncated" | "recovered" | "origin">,
): readonly string[] {
  const flags: string[] = [];
  if (recording.interrupted) {
    flags.push("Interrupted: the tab was closed; the last second may be missing.");
  }
  if (recording.truncated) {
    flags.push("Cut at the limit: it reached the largest size allowed and was stopped there.");
  }
  if (recording.recovered) {
    flags.push("Recovered: its end was sent when the browser was opened again.");
  }
  if (recording.origin === "policy") flags.push("Recorded by policy.");
  if (recording.origin === "upload") flags.push("Uploaded as a file.");
  return flags;
}

const CODEC_NAMES: Readonly<Record<string, string>> = {
  vp8: "VP8",
  vp9: "VP9",
  vp09: "VP9",
  av1: "AV1",
  av01: "AV1",
  avc1: "H.264",
  opus: "Opus",
};

/** `vp9,opus` as people say it: `VP9, Opus`. */
export function codecInWords(codecs: string): string {
  return codecs
    .split(",")
    .map((codec) => codec.trim())
    .map((codec) => CODEC_NAMES[codec.split(".")[0]?.toLowerCase() ?? ""] ?? codec)
    .join(", ");
}

export const BACKEND_NAMES: Readonly<Record<RecordingJson["storage_backend"], string>> = {
  local: "Local disk",
  s3: "S3",
};
