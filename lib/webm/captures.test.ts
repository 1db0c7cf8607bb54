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
import { CAPTURE_KINDS, type CaptureKind, captures } from "@/tests/support/captures";
import { ID, readElementHeader } from "./ebml";
import { createWebmIndexer } from "./index";

// Browsers and decoders are slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const run = promisify(execFile);

const EXPECTED: Record<CaptureKind, { codec: string; width: number; height: number }> = {
  vp9: { codec: "vp9", width: 640, height: 360 },
  vp8: { codec: "vp8", width: 640, height: 360 },
  alpha: { codec: "vp9", width: 640, height: 360 },
  withAudio: { codec: "vp9,opus", width: 640, height: 360 },
  audioOnly: { codec: "opus", width: 0, height: 0 },
  still: { codec: "vp9", width: 640, height: 360 },
};

interface PlacedElement {
  readonly id: number;
  readonly start: number;
  readonly headerBytes: number;
  readonly end: number;
}

/** Elements of every level. */
function elements(bytes: Uint8Array): PlacedElement[] {
  const masters: ReadonlySet<number> = new Set([ID.segment, ID.cluster]);
  const found: PlacedElement[] = [];
  for (let start = 0; start < bytes.length;) {
    const header = readElementHeader(bytes, start);
    if (header === null) break;
    const end = start + header.headerBytes + Number(header.size);
    found.push({ id: header.id, start, headerBytes: header.headerBytes, end });
    const goesInside = masters.has(header.id) || header.id === ID.blockGroup;
    start = goesInside ? start + header.headerBytes : end;
  }
  return found;
}

describe.skipIf(!canJudgeCaptures)("what Chromium records (needs chromium and ffmpeg)", () => {
  const bench = CaptureBench.install<CaptureKind>({
    extension: "webm",
    captures,
    expected: EXPECTED,
    elements,
    bodyStart: (bytes) => elements(bytes).find((e) => e.id === ID.cluster)?.start ?? 0,
    blockEnds: (bytes) =>
      elements(bytes)
        .filter((e) => e.id === ID.simpleBlock || e.id === ID.blockGroup)
        .map((e) => e.end),
  });
  bench.testEveryKind();

  test("comes as SimpleBlocks, and as BlockGroups where the canvas is transparent", () => {
    const ids = (kind: CaptureKind) => new Set(elements(bench.made[kind].bytes).map((e) => e.id));
    expect(ids("vp9").has(ID.simpleBlock)).toBe(true);
    expect(ids("vp8").has(ID.simpleBlock)).toBe(true);
    expect(ids("alpha").has(ID.blockGroup)).toBe(true);
  });

  test.each(CAPTURE_KINDS)(
    "%s has a place to seek to at each of ffprobe's keyframes",
    async (kind) => {
      const { bytes } = bench.made[kind];
      const indexer = createWebmIndexer();
      indexer.feed(bytes);
      const { packets } = await probe(await bench.fileOf(`${kind}-cues`, seal([bytes]).file));
      const cues = indexer.index?.cues.cues.map((cue) => cue.ticks) ?? [];
      const keyframes = packets
        .filter((packet) => packet.stream_index === 0 && packet.flags.startsWith("K"))
        .map((packet) => Math.round(Number(packet.pts_time) * 1_000));
      // Every frame of sound is a keyframe: there a cue for each Cluster is enough.
      if (kind !== "audioOnly") expect(cues).toEqual(keyframes);
      else expect(keyframes).toEqual(expect.arrayContaining(cues));
      expect(cues.length).toBeGreaterThan(2);
    },
  );

  test.each([["at the end"], ["-cues_to_front"]])(
    "what ffmpeg wrote (Cues %s) seals whole, and cut short",
    async (cues) => {
      const raw = await bench.fileOf("foreign-raw", bench.made.withAudio.bytes);
      const path = join(bench.folder, "foreign.webm");
      const options = cues.startsWith("-") ? [cues, "1"] : [];
      // Short Clusters, each telling its size.
      const clusters = ["-cluster_time_limit", "700", ...options];
      await run("ffmpeg", ["-v", "error", "-y", "-i", raw, "-c", "copy", ...clusters, path]);
      const bytes = new Uint8Array(await readFile(path));
      const whole = await frames(path);
      expect(await frames(await bench.fileOf("foreign-sealed", seal([bytes]).file))).toEqual(whole);
      for (const part of [0.999, 0.8, 0.5, 0.21]) {
        const sealed = seal([bytes.subarray(0, Math.floor(bytes.length * part))]);
        const cut = await bench.fileOf("foreign-cut", sealed.file);
        // The last Cluster does tell a size that never came; nothing else may be wrong.
        const wrong = (await newComplaints(cut, path)).filter(
          (line) => !line.includes("ended prematurely"),
        );
        expect(wrong).toEqual([]);
        expect(whole).toEqual(expect.arrayContaining((await frames(cut)).slice(0, -2)));
        expect(Number((await probe(cut)).format.duration)).toBeCloseTo(
          sealed.durationMs / 1_000,
          2,
        );
      }
    },
  );

  test("a recording lasts as long as the clock said, up to the last picture drawn", () => {
    // Of a picture that hardly moves: a starved encoder leaves the last ones of the others out.
    const { bytes, elapsedMs } = bench.made.still;
    expect(Math.abs(seal([bytes]).durationMs - elapsedMs)).toBeLessThan(250);
  });

  test("can be sought in by Chromium, to within a frame", async () => {
    const sealed = seal([bench.made.vp9.bytes]);
    const path = await bench.fileOf("seek", sealed.file);
    const seen = await seekInChromium(path);
    expect(seen.duration).toBeCloseTo(sealed.durationMs / 1_000, 2);
    expect(seen.seekableEnd).toBeCloseTo(seen.duration, 3);
    const times = (await probe(path)).packets.map((packet) => Number(packet.pts_time));
    for (const { asked, frame } of seen.landed) {
      const shown = Math.max(...times.filter((time) => time <= asked + 0.001));
      expect(frame).toBeCloseTo(shown, 2);
    }
  });
});
