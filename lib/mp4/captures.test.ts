import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test, vi } from "vitest";
import {
  canJudgeCaptures,
  CaptureBench,
  frames,
  newComplaints,
  probe,
  seal,
  seekInChromium,
} from "@/tests/support/capture-bench";
import { mp4Captures, type Mp4Kind } from "@/tests/support/captures";
import { readBoxHeader, TYPE } from "./boxes";
import { createMp4Indexer } from "./index";

// Browsers and decoders are slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const run = promisify(execFile);

const avc = expect.stringMatching(/^avc1\.42[0-9a-f]{4}$/) as string;
const EXPECTED: Record<Mp4Kind, { codec: string; width: number; height: number }> = {
  avc: { codec: avc, width: 640, height: 360 },
  vp9: { codec: "vp09.00.00.08", width: 640, height: 360 },
  withAudio: {
    codec: expect.stringMatching(/^avc1\.42[0-9a-f]{4},opus$/) as string,
    width: 640,
    height: 360,
  },
  still: { codec: avc, width: 640, height: 360 },
};

interface PlacedBox {
  readonly type: number;
  readonly start: number;
  readonly headerBytes: number;
  readonly end: number;
}

/** Boxes of every level that matters. */
function boxes(bytes: Uint8Array): PlacedBox[] {
  const parents: ReadonlySet<number> = new Set([TYPE.moov, TYPE.trak, TYPE.mdia, TYPE.mvex]);
  const found: PlacedBox[] = [];
  for (let start = 0; start < bytes.length;) {
    const header = readBoxHeader(bytes, start);
    if (header === null) break;
    const { type, headerBytes } = header;
    const end = start + headerBytes + header.dataBytes;
    found.push({ type, start, headerBytes, end });
    const goesInside = parents.has(type) || type === TYPE.moof || type === TYPE.traf;
    start = goesInside ? start + headerBytes : end;
  }
  return found;
}

describe.skipIf(!canJudgeCaptures)("what Chromium records (needs chromium and ffmpeg)", () => {
  const bench = CaptureBench.install<Mp4Kind>({
    extension: "mp4",
    captures: mp4Captures,
    expected: EXPECTED,
    elements: boxes,
    bodyStart: (bytes) => boxes(bytes).find((box) => box.type === TYPE.moof)?.start ?? 0,
    blockEnds: (bytes) =>
      boxes(bytes)
        .filter((box) => box.type === TYPE.mdat)
        .map((box) => box.end),
  });
  bench.testEveryKind();

  test.each(Object.keys(EXPECTED) as Mp4Kind[])(
    "%s has a place to seek to at each of ffprobe's keyframes",
    async (kind) => {
      const { bytes } = bench.made[kind];
      const indexer = createMp4Indexer();
      indexer.feed(bytes);
      const { streams, packets } = await probe(
        await bench.fileOf(`${kind}-cues`, seal([bytes]).file),
      );
      const timescale = indexer.index?.head.cueTrack.timescale ?? 1;
      const cues = indexer.index?.cues.cues.map((cue) => (cue.ticks / timescale).toFixed(5));
      const video = streams.find((stream) => stream.codec_type === "video")?.index;
      const keyframes = packets
        .filter((packet) => packet.stream_index === video && packet.flags.startsWith("K"))
        .map((packet) => Number(packet.pts_time).toFixed(5));
      expect(cues).toEqual(keyframes);
      expect(keyframes.length).toBeGreaterThan(2);
    },
  );

  test.each([
    ["one fragment for each keyframe", "+frag_keyframe+empty_moov+default_base_moof"],
    ["a segment index in front of each fragment", "+frag_keyframe+empty_moov+dash"],
    ["an index of the whole", "+frag_keyframe+empty_moov+default_base_moof+dash+global_sidx"],
    ["a fragment for each frame", "+frag_every_frame+empty_moov+default_base_moof"],
    ["addresses relative by default", "+frag_keyframe+empty_moov+omit_tfhd_offset"],
  ])("what ffmpeg wrote with %s seals whole, and cut short", async (_, movflags) => {
    const raw = await bench.fileOf("foreign-raw", bench.made.withAudio.bytes);
    const path = join(bench.folder, "foreign.mp4");
    await run("ffmpeg", [
      "-v",
      "error",
      "-y",
      "-i",
      raw,
      "-c",
      "copy",
      ...["-movflags", movflags],
      path,
    ]);
    const bytes = new Uint8Array(await readFile(path));
    const whole = await frames(path);
    const sealed = await bench.fileOf("foreign-sealed", seal([bytes]).file);
    expect(await newComplaints(sealed, path)).toEqual([]);
    expect(await frames(sealed)).toEqual(whole);
    for (const part of [0.999, 0.8, 0.5]) {
      const cut = seal([bytes.subarray(0, Math.floor(bytes.length * part))]);
      const cutPath = await bench.fileOf("foreign-cut", cut.file);
      expect(await newComplaints(cutPath, path)).toEqual([]);
      const kept = await frames(cutPath);
      expect(kept.length).toBeGreaterThan(whole.length * (part - 0.35));
      expect(whole).toEqual(expect.arrayContaining(kept));
    }
  });

  test.each([
    ["in one piece", []],
    [
      "in fragments that say where they are in the file",
      ["-movflags", "+frag_keyframe+empty_moov"],
    ],
  ])("what ffmpeg wrote %s is refused as it is of no use in pieces", async (_, options) => {
    const raw = await bench.fileOf("foreign-raw", bench.made.avc.bytes);
    const path = join(bench.folder, "refused.mp4");
    await run("ffmpeg", ["-v", "error", "-y", "-i", raw, "-c", "copy", ...options, path]);
    const bytes = new Uint8Array(await readFile(path));
    expect(() => seal([bytes])).toThrow(expect.objectContaining({ code: "unknown_format" }));
  });

  test("a recording lasts as long as the clock said, up to the last picture drawn", () => {
    // Of a picture that hardly moves: a starved encoder leaves the last ones of the others out.
    const { bytes, elapsedMs } = bench.made.still;
    expect(Math.abs(seal([bytes]).durationMs - elapsedMs)).toBeLessThan(250);
  });

  test.each(["avc", "withAudio"] as const)(
    "%s can be sought in by Chromium, to within a frame",
    async (kind) => {
      const sealed = seal([bench.made[kind].bytes]);
      const path = await bench.fileOf(`${kind}-seek`, sealed.file);
      const seen = await seekInChromium(path);
      expect(Math.abs(seen.duration - sealed.durationMs / 1_000)).toBeLessThan(0.05);
      expect(seen.seekableEnd).toBeCloseTo(seen.duration, 3);
      const { streams, packets } = await probe(path);
      const video = streams.find((stream) => stream.codec_type === "video")?.index;
      const times = packets
        .filter((packet) => packet.stream_index === video)
        .map((packet) => Number(packet.pts_time));
      for (const { asked, frame } of seen.landed) {
        const shown = Math.max(...times.filter((time) => time <= asked + 0.001));
        expect(frame).toBeCloseTo(shown, 2);
      }
    },
  );
});
