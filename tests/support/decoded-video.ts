import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A recording as ffmpeg sees it. */
export interface DecodedVideo {
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  /** Seconds from the start, one a frame. */
  readonly frameTimes: readonly number[];
  /** Red, green and blue (0–255) at a place given as fractions of width and height. */
  colourAt(frame: number, x: number, y: number): readonly [number, number, number];
}

const GRID_WIDTH = 64;
const GRID_HEIGHT = 36;
const FRAME_BYTES = GRID_WIDTH * GRID_HEIGHT * 3;

/**
 * Decodes a whole file.
 * @throws when ffmpeg or ffprobe reports any error in it, other than a last frame cut short if it `mayEndEarly`
 */
export async function decodeVideo(
  path: string,
  { mayEndEarly = false } = {},
): Promise<DecodedVideo> {
  const tolerated = mayEndEarly ? /File ended prematurely/ : null;
  const probed = await ffmpeg(
    "ffprobe",
    [
      ...["-show_entries", "stream=codec_name,width,height:packet=pts_time"],
      ...["-of", "json", path],
    ],
    tolerated,
  );
  const { streams, packets } = JSON.parse(probed.toString()) as Probe;
  const [stream] = streams;
  if (stream === undefined) throw new Error(`${path} has no stream`);
  const scale = `scale=${GRID_WIDTH}:${GRID_HEIGHT}:flags=area`;
  const pixels = await ffmpeg(
    "ffmpeg",
    [
      ...["-i", path, "-fps_mode", "passthrough", "-enc_time_base", "1:1000", "-vf", scale],
      ...["-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
    ],
    tolerated,
  );
  const frameTimes = packets.map((packet) => Number(packet.pts_time));
  if (pixels.byteLength !== frameTimes.length * FRAME_BYTES) {
    throw new Error(`${frameTimes.length} packets gave ${pixels.byteLength / FRAME_BYTES} frames`);
  }
  return {
    codec: stream.codec_name,
    width: stream.width,
    height: stream.height,
    frameTimes,
    colourAt: (frame, x, y) =>
      colourIn(pixels, frame < 0 ? frameTimes.length + frame : frame, x, y),
  };
}

interface Probe {
  readonly streams: readonly { codec_name: string; width: number; height: number }[];
  readonly packets: readonly { pts_time: string }[];
}

function colourIn(pixels: Buffer, frame: number, x: number, y: number) {
  const cell = Math.floor(y * GRID_HEIGHT) * GRID_WIDTH + Math.floor(x * GRID_WIDTH);
  const [red = 0, green = 0, blue = 0] = pixels.subarray(frame * FRAME_BYTES + cell * 3);
  return [red, green, blue] as const;
}

async function ffmpeg(
  command: "ffmpeg" | "ffprobe",
  args: readonly string[],
  tolerated: RegExp | null,
): Promise<Buffer> {
  const options = { encoding: "buffer", maxBuffer: 2 ** 30 } as const;
  const { stdout, stderr } = await run(command, ["-v", "error", ...args], options);
  const complaints = stderr
    .toString()
    .split("\n")
    .filter((line) => line !== "");
  const [complaint] = complaints.filter((line) => tolerated?.test(line) !== true);
  if (complaint !== undefined) throw new Error(`${command}: ${complaint}`);
  return stdout;
}
