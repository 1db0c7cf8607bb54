import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A video as ffmpeg decodes it, from the first frame to the last: an independent judge of what we wrote. */
export interface Video {
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  /** As the file itself says it; NaN when it does not, as in a stream that is still growing. */
  readonly durationSeconds: number;
  /** Seconds from the start, one a frame. */
  readonly frameTimes: readonly number[];
  /** A digest of each frame's pixels, in order. */
  readonly frames: readonly string[];
  /** Red, green and blue (0–255) at a place given as fractions of width and height; frame -1 is the last. */
  colourAt(frame: number, x: number, y: number): readonly [number, number, number];
}

export interface DecodeOptions {
  /** The last frame may be cut short. */
  readonly mayEndEarly?: boolean;
}

/**
 * Decodes a whole file, given as its path or its bytes.
 * @throws when ffprobe or ffmpeg so much as warns of something in it, or when a packet gives no frame
 */
export async function decodeVideo(
  source: string | Uint8Array,
  { mayEndEarly = false }: DecodeOptions = {},
): Promise<Video> {
  const tolerated = mayEndEarly ? /File ended prematurely/ : null;
  const folder = await mkdtemp(join(tmpdir(), "sortie-video-"));
  try {
    const path = typeof source === "string" ? source : join(folder, "video.webm");
    if (typeof source !== "string") await writeFile(path, source);
    const facts = await probe(path, tolerated);
    const { frames, pixels } = await decodeFrames(path, folder, tolerated);
    const { length } = facts.frameTimes;
    if (frames.length !== length || pixels.byteLength !== length * GRID_FRAME_BYTES) {
      throw new Error(`${length} packets gave ${frames.length} frames`);
    }
    const colourAt: Video["colourAt"] = (frame, x, y) =>
      colourIn(pixels, frame < 0 ? length + frame : frame, x, y);
    return { ...facts, frames, colourAt };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A recording's sound, as ffmpeg decodes it. */
export interface Sound {
  readonly codec: string;
  /** 0 is as loud as it can be, silence about -91. */
  readonly loudestDecibels: number;
}

/** @throws when there is no sound, or ffmpeg so much as warns of something in it */
export async function soundOf(bytes: Uint8Array): Promise<Sound> {
  const folder = await mkdtemp(join(tmpdir(), "sortie-sound-"));
  try {
    const path = join(folder, "video.webm");
    await writeFile(path, bytes);
    const asked = [
      "-select_streams",
      "a:0",
      "-show_entries",
      "stream=codec_name",
      "-of",
      "csv=p=0",
    ];
    const codec = (await listen("ffprobe", "warning", [...asked, path], null)).toString().trim();
    const decode = ["-hide_banner", "-i", path, "-map", "0:a:0", "-af", "volumedetect"];
    const { stderr } = await run("ffmpeg", [...decode, "-f", "null", "-"]);
    const loudest = /max_volume: (-?[\d.]+) dB/.exec(stderr)?.[1];
    return { codec, loudestDecibels: Number(loudest) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A part of the picture, as shares of its width and height. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The grey values of one region of the frame shown at `atSeconds`, 160 × 90 of them. Takes still pictures too. */
export async function greyPixels(path: string, atSeconds: number, region: Region): Promise<Buffer> {
  const crop = `crop=iw*${region.width}:ih*${region.height}:iw*${region.x}:ih*${region.y}`;
  const at = ["-ss", String(atSeconds), "-i", path, "-frames:v", "1"];
  const asGrey = ["-vf", `${crop},scale=160:90,format=gray`, "-f", "rawvideo", "-"];
  return listen("ffmpeg", "error", [...at, ...asGrey], null);
}

/** The share of pixels that clearly differ between two pictures of one size. */
export function differingShare(before: Uint8Array, after: Uint8Array): number {
  if (before.length === 0 || before.length !== after.length) {
    throw new Error(`Pictures of ${before.length} and ${after.length} pixels cannot be compared.`);
  }
  const differing = before.filter((grey, at) => Math.abs(grey - after[at]!) > 32);
  return differing.length / before.length;
}

interface Probed {
  readonly format: { readonly duration?: string };
  readonly streams: readonly { codec_name: string; width: number; height: number }[];
  readonly packets: readonly { pts_time: string }[];
}

async function probe(path: string, tolerated: RegExp | null) {
  const entries = "format=duration:stream=codec_name,width,height:packet=pts_time";
  const asked = ["-select_streams", "v:0", "-show_entries", entries, "-of", "json", path];
  const answer = await listen("ffprobe", "warning", asked, tolerated);
  const { format, streams, packets } = JSON.parse(answer.toString()) as Probed;
  const [stream] = streams;
  if (stream === undefined) throw new Error(`${path} has no video`);
  return {
    codec: stream.codec_name,
    width: stream.width,
    height: stream.height,
    durationSeconds: Number(format.duration),
    frameTimes: packets.map((packet) => Number(packet.pts_time)),
  };
}

/** Colours are read from small copies of the frames: a whole recording of large ones fits no memory. */
const GRID_WIDTH = 64;
const GRID_HEIGHT = 36;
const GRID_FRAME_BYTES = GRID_WIDTH * GRID_HEIGHT * 3;

/** Frames at their own times: a muxer would complain of two that it rounds to one tick. */
const AS_THEY_ARE = ["-map", "0:v:0", "-fps_mode", "passthrough", "-enc_time_base", "1:1000"];

async function decodeFrames(path: string, folder: string, tolerated: RegExp | null) {
  const digests = join(folder, "digests");
  const scale = `scale=${GRID_WIDTH}:${GRID_HEIGHT}:flags=area`;
  const digested = [...AS_THEY_ARE, "-f", "framemd5", digests];
  const asGrid = [...AS_THEY_ARE, "-vf", scale, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"];
  const pixels = await listen("ffmpeg", "warning", ["-i", path, ...digested, ...asGrid], tolerated);
  const lines = (await readFile(digests, "utf8")).split("\n");
  const frames = lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(",").at(-1)?.trim() ?? "");
  return { frames, pixels };
}

function colourIn(pixels: Buffer, frame: number, x: number, y: number) {
  const cell = Math.floor(y * GRID_HEIGHT) * GRID_WIDTH + Math.floor(x * GRID_WIDTH);
  const [red = 0, green = 0, blue = 0] = pixels.subarray(frame * GRID_FRAME_BYTES + cell * 3);
  return [red, green, blue] as const;
}

/** ffmpeg's scaler remarks on its own name for the full-range colours of Chromium's H.264; nothing is wrong. */
const ABOUT_ITSELF = /swscaler.*deprecated pixel format used|^ *Last message repeated/;

/** What the command prints. @throws when it complains of anything else than what is tolerated */
async function listen(
  command: "ffmpeg" | "ffprobe",
  from: "error" | "warning",
  args: readonly string[],
  tolerated: RegExp | null,
): Promise<Buffer> {
  const options = { encoding: "buffer", maxBuffer: 2 ** 30 } as const;
  const { stdout, stderr } = await run(command, ["-v", from, ...args], options);
  const complaints = stderr.toString().split("\n");
  const [complaint] = complaints.filter(
    (line) => line !== "" && !ABOUT_ITSELF.test(line) && tolerated?.test(line) !== true,
  );
  if (complaint !== undefined) throw new Error(`${command}: ${complaint}`);
  return stdout;
}
