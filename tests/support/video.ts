import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Probe {
  readonly durationSeconds: number;
  readonly codec: string;
  readonly width: number;
  readonly height: number;
}

/** What ffprobe reads from a file's headers. */
export async function probeVideo(path: string): Promise<Probe> {
  const entries = "format=duration:stream=codec_name,width,height";
  const { stdout } = await run("ffprobe", [
    ...["-v", "error", "-select_streams", "v:0"],
    ...["-show_entries", entries, "-of", "json", path],
  ]);
  const { format, streams } = JSON.parse(stdout) as {
    format: { duration: string };
    streams: { codec_name: string; width: number; height: number }[];
  };
  const stream = streams[0]!;
  return {
    durationSeconds: Number(format.duration),
    codec: stream.codec_name,
    width: stream.width,
    height: stream.height,
  };
}

/** Every complaint ffmpeg has when it decodes the whole file; empty when it is sound. */
export async function decodingComplaints(path: string): Promise<string> {
  // Frames at their own times: the muxer would complain of two that it rounds to one tick.
  const asTheyAre = ["-fps_mode", "passthrough", "-enc_time_base", "1:1000", "-f", "null", "-"];
  const { stderr } = await run("ffmpeg", ["-v", "error", "-i", path, ...asTheyAre]);
  return stderr;
}

/** A part of the picture, as shares of its width and height. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The grey values of one region of the frame shown at `atSeconds`, 160 × 90 of them. */
export async function greyPixels(path: string, atSeconds: number, region: Region): Promise<Buffer> {
  const crop = `crop=iw*${region.width}:ih*${region.height}:iw*${region.x}:ih*${region.y}`;
  const { stdout } = await run(
    "ffmpeg",
    [
      ...["-v", "error", "-ss", String(atSeconds), "-i", path, "-frames:v", "1"],
      ...["-vf", `${crop},scale=160:90,format=gray`, "-f", "rawvideo", "-"],
    ],
    { encoding: "buffer" },
  );
  return stdout;
}

/** The share of pixels that clearly differ between two pictures of one size. */
export function differingShare(before: Uint8Array, after: Uint8Array): number {
  if (before.length === 0 || before.length !== after.length) {
    throw new Error(`Pictures of ${before.length} and ${after.length} pixels cannot be compared.`);
  }
  const differing = before.filter((grey, at) => Math.abs(grey - after[at]!) > 32);
  return differing.length / before.length;
}
