import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface VideoFacts {
  readonly durationSeconds: number;
  /** A digest of each decoded frame, in order. */
  readonly frames: readonly string[];
  /** What the decoder complained of; empty for a sound file. */
  readonly complaints: string;
}

/** Decodes a whole video file with ffmpeg: an independent judge of what we wrote. */
export async function inspectVideo(bytes: Uint8Array): Promise<VideoFacts> {
  const directory = await mkdtemp(join(tmpdir(), "sortie-video-"));
  const file = join(directory, "video.webm");
  try {
    await writeFile(file, bytes);
    const probe = ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", file];
    const { stdout: duration } = await run("ffprobe", probe);
    const decode = ["-v", "warning", "-i", file, "-map", "0:v", "-f", "framemd5", "-"];
    const { stdout, stderr } = await run("ffmpeg", decode, { maxBuffer: 64 * 1024 * 1024 });
    const frames = stdout.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    return {
      durationSeconds: Number(duration),
      frames: frames.map((line) => line.split(",").at(-1)?.trim() ?? ""),
      complaints: stderr,
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}
