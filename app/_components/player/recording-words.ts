import type { RecordingJson } from "@/lib/recordings/recording-schema";

const CODEC_NAMES: Readonly<Record<string, string>> = {
  vp8: "VP8",
  vp9: "VP9",
  vp09: "VP9",
  av1: "AV1",
  av01: "AV1",
  avc1: "H.264",
  opus: "Opus",
};

/** Whether a recording has a sound track: only then it has two codecs. */
export function hasSound({ codec }: Pick<RecordingJson, "codec">): boolean {
  return codec?.includes(",") ?? false;
}

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
