import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  type Capture,
  type CaptureKind,
  CAPTURE_KINDS,
  captures,
  CHROMIUM_FLAGS,
} from "@/tests/support/captures";
import { serveRanges } from "@/tests/support/range-server";
import { requireCommand } from "@/tests/support/requirements";
import { ID, readElementHeader } from "./ebml";
import { RESERVED_HEADER_BYTES } from "@/lib/media/media-indexer";
import { createWebmIndexer } from "./index";

// Browsers and decoders are slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const run = promisify(execFile);
const chromiumPath = requireCommand("chromium");
const isComplete =
  chromiumPath !== null && requireCommand("ffmpeg") !== null && requireCommand("ffprobe") !== null;

/** All streams, each frame at its own time rather than at a frame rate guessed from the file. */
const AS_THEY_ARE = ["-map", "0", "-fps_mode", "passthrough", "-enc_time_base", "-1"];

const EXPECTED: Record<CaptureKind, { codec: string; width: number; height: number }> = {
  vp9: { codec: "vp9", width: 640, height: 360 },
  vp8: { codec: "vp8", width: 640, height: 360 },
  alpha: { codec: "vp9", width: 640, height: 360 },
  withAudio: { codec: "vp9,opus", width: 640, height: 360 },
  audioOnly: { codec: "opus", width: 0, height: 0 },
  still: { codec: "vp9", width: 640, height: 360 },
};

/** What the server does with a stream, in memory; `pieces` are fed one by one, each by a new process. */
function seal(pieces: readonly Uint8Array[]) {
  let indexer = createWebmIndexer();
  const body: Uint8Array[] = [];
  for (const piece of pieces) {
    body.push(indexer.feed(piece));
    indexer = createWebmIndexer(indexer.save());
  }
  const sealed = indexer.sealedHeader();
  const whole = Buffer.concat(body).subarray(0, sealed.endPosition - RESERVED_HEADER_BYTES);
  return { ...sealed, file: Buffer.concat([sealed.header, whole]), indexer };
}

const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Where elements of every level start, and how long their headers are. */
function elements(bytes: Uint8Array): { id: number; start: number; headerBytes: number }[] {
  const masters: ReadonlySet<number> = new Set([ID.segment, ID.cluster, ID.blockGroup]);
  const found: { id: number; start: number; headerBytes: number }[] = [];
  for (let start = 0; start < bytes.length;) {
    const header = readElementHeader(bytes, start);
    if (header === null) break;
    found.push({ id: header.id, start, headerBytes: header.headerBytes });
    start += header.headerBytes + (masters.has(header.id) ? 0 : Number(header.size));
  }
  return found;
}

describe.skipIf(!isComplete)("what Chromium records (needs chromium and ffmpeg)", () => {
  let folder = "";
  let made: Record<CaptureKind, Capture>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sortie-webm-"));
    made = await captures();
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function fileOf(name: string, bytes: Uint8Array): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return path;
  }

  /**
   * What ffmpeg complains of in a full decode, beyond what it complains of in the file `than`: a starved
   * browser gives two pieces of sound the same time, and sealing does not mend that.
   */
  async function newComplaints(path: string, than: string): Promise<string[]> {
    const [ours, before] = await Promise.all([path, than].map(complaints));
    return (ours ?? []).filter((line) => before?.includes(line) !== true);
  }

  async function complaints(path: string): Promise<string[]> {
    const { stderr } = await run("ffmpeg", [
      "-v",
      "error",
      "-i",
      path,
      ...AS_THEY_ARE,
      "-f",
      "null",
      "-",
    ]);
    const lines = stderr.split("\n").map((line) => line.replace(/^\[(.*) @ 0x.*?\]/, "$1:"));
    return lines.filter((line) => line !== "" && !line.includes("Last message repeated"));
  }

  /** Each frame's stream, timestamps, size and checksum. */
  async function frames(path: string): Promise<string[]> {
    const { stdout } = await run("ffmpeg", [
      "-v",
      "error",
      "-i",
      path,
      ...AS_THEY_ARE,
      "-f",
      "framemd5",
      "-",
    ]);
    // Without the duration, the fourth column, which is guessed.
    const rows = stdout.split("\n").filter((line) => /^\d/.test(line));
    return rows.map((line) => line.split(/, */).toSpliced(3, 1).join(" "));
  }

  async function probe(path: string) {
    const { stdout } = await run("ffprobe", [
      ...["-v", "error", "-show_entries", "format=duration:packet=pts_time,flags,stream_index"],
      ...["-of", "json", path],
    ]);
    return JSON.parse(stdout) as {
      format: { duration?: string };
      packets: { stream_index: number; pts_time: string; flags: string }[];
    };
  }

  test("comes as SimpleBlocks, and as BlockGroups where the canvas is transparent", () => {
    const ids = (kind: CaptureKind) => new Set(elements(made[kind].bytes).map((e) => e.id));
    expect(ids("vp9").has(ID.simpleBlock)).toBe(true);
    expect(ids("vp8").has(ID.simpleBlock)).toBe(true);
    expect(ids("alpha").has(ID.blockGroup)).toBe(true);
  });

  describe.each(CAPTURE_KINDS)("%s", (kind) => {
    test("seals into a file that ffmpeg reads from end to end, frame by frame the same", async () => {
      const { bytes } = made[kind];
      const sealed = seal([bytes]);
      expect(sealed).toMatchObject(EXPECTED[kind]);
      const path = await fileOf(`${kind}.webm`, sealed.file);
      const raw = await fileOf(`${kind}-raw.webm`, bytes);
      expect(await newComplaints(path, raw)).toEqual([]);
      expect(await frames(path)).toEqual(await frames(raw));
      const { format } = await probe(path);
      expect(Number(format.duration)).toBeCloseTo(sealed.durationMs / 1_000, 2);
    });

    test("can be watched before it is sealed", async () => {
      const indexer = createWebmIndexer();
      const body = indexer.feed(made[kind].bytes);
      const path = await fileOf(`${kind}-live.webm`, Buffer.concat([indexer.liveHeader(), body]));
      const raw = await fileOf(`${kind}-unsealed.webm`, made[kind].bytes);
      expect(await newComplaints(path, raw)).toEqual([]);
    });

    test("has a place to seek to at each of ffprobe's keyframes", async () => {
      const sealed = seal([made[kind].bytes]);
      const { packets } = await probe(await fileOf(`${kind}-cues.webm`, sealed.file));
      const cues = sealed.indexer.index?.cues.cues.map((cue) => cue.ticks) ?? [];
      const keyframes = packets
        .filter((packet) => packet.stream_index === 0 && packet.flags.startsWith("K"))
        .map((packet) => Math.round(Number(packet.pts_time) * 1_000));
      // Every frame of sound is a keyframe: there a cue for each Cluster is enough.
      if (kind !== "audioOnly") expect(cues).toEqual(keyframes);
      else expect(keyframes).toEqual(expect.arrayContaining(cues));
      expect(cues.length).toBeGreaterThan(2);
    });

    test("gives the same file cut inside any id, size, timestamp or block header", () => {
      const { bytes } = made[kind];
      const whole = digest(seal([bytes]).file);
      for (const { start, headerBytes } of elements(bytes)) {
        for (let cut = start; cut <= start + headerBytes + 5 && cut < bytes.length; cut += 1) {
          const indexer = createWebmIndexer();
          const first = indexer.feed(bytes.subarray(0, cut));
          const other = createWebmIndexer(indexer.save());
          const second = other.feed(bytes.subarray(cut));
          if (first.length + second.length !== sealedBodyLength(bytes))
            throw new Error(`cut at ${cut}`);
          const header = other.sealedHeader();
          const body = Buffer.concat([first, second]).subarray(
            0,
            header.endPosition - RESERVED_HEADER_BYTES,
          );
          if (start % 7 === 0) expect(digest(Buffer.concat([header.header, body]))).toBe(whole);
          expect(header.endPosition).toBe(RESERVED_HEADER_BYTES + body.length);
        }
      }
    });

    test("gives the same file in the recorder's chunks, in random ones and byte by byte", () => {
      const { bytes, chunkSizes } = made[kind];
      const whole = digest(seal([bytes]).file);
      const pieces = (sizes: readonly number[]) => {
        let at = 0;
        return sizes.map((size) => bytes.subarray(at, (at += size)));
      };
      expect(digest(seal(pieces(chunkSizes)).file)).toBe(whole);
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 40 }), (sizes) => {
          const rest = bytes.subarray(sizes.reduce((sum, size) => sum + size, 0));
          expect(digest(seal([...pieces(sizes), rest]).file)).toBe(whole);
        }),
        { numRuns: 20 },
      );
      const indexer = createWebmIndexer();
      let returned = 0;
      for (let at = 0; at < bytes.length; at += 1)
        returned += indexer.feed(bytes.subarray(at, at + 1)).length;
      expect(returned).toBe(indexer.bodyEnd - RESERVED_HEADER_BYTES);
      expect(digest(indexer.sealedHeader().header)).toBe(digest(seal([bytes]).header));
    });

    test("cut off anywhere, keeps every whole frame, decodes without complaint and lasts as long", async () => {
      const { bytes } = made[kind];
      const raw = await fileOf(`${kind}-all.webm`, bytes);
      const whole = await frames(raw);
      const blocks: readonly number[] = [ID.simpleBlock, ID.blockGroup];
      const afterFirstBlock = elements(bytes).filter((e) => blocks.includes(e.id))[1]?.start ?? 0;
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: afterFirstBlock, max: bytes.length }), async (cut) => {
          const sealed = seal([bytes.subarray(0, cut)]);
          expect(cut - sealed.endPosition + RESERVED_HEADER_BYTES).toBeLessThan(100_000);
          const path = await fileOf(`${kind}-cut.webm`, sealed.file);
          expect(await newComplaints(path, raw)).toEqual([]);
          const kept = await frames(path);
          expect(whole).toEqual(expect.arrayContaining(kept.slice(0, -2)));
          const { format, packets } = await probe(path);
          const last = Math.max(...packets.map((packet) => Number(packet.pts_time)));
          expect(Number(format.duration) - last).toBeGreaterThan(0);
          expect(Number(format.duration) - last).toBeLessThan(0.1);
        }),
        { numRuns: 4 },
      );
    });
  });

  test.each([["at the end"], ["-cues_to_front"]])(
    "what ffmpeg wrote (Cues %s) seals whole, and cut short",
    async (cues) => {
      const raw = await fileOf("foreign-raw.webm", made.withAudio.bytes);
      const path = join(folder, "foreign.webm");
      const options = cues.startsWith("-") ? [cues, "1"] : [];
      // Short Clusters, each telling its size.
      const clusters = ["-cluster_time_limit", "700", ...options];
      await run("ffmpeg", ["-v", "error", "-y", "-i", raw, "-c", "copy", ...clusters, path]);
      const bytes = new Uint8Array(await readFile(path));
      const whole = await frames(path);
      expect(await frames(await fileOf("foreign-sealed.webm", seal([bytes]).file))).toEqual(whole);
      for (const part of [0.999, 0.8, 0.5, 0.21]) {
        const sealed = seal([bytes.subarray(0, Math.floor(bytes.length * part))]);
        const cut = await fileOf("foreign-cut.webm", sealed.file);
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
    const { bytes, elapsedMs } = made.still;
    expect(Math.abs(seal([bytes]).durationMs - elapsedMs)).toBeLessThan(250);
  });

  function sealedBodyLength(bytes: Uint8Array): number {
    return bytes.length - (elements(bytes).find((e) => e.id === ID.cluster)?.start ?? 0);
  }

  test("can be sought in by Chromium, to within a frame", async () => {
    const sealed = seal([made.vp9.bytes]);
    const server = await serveRanges({ "vp9.webm": await fileOf("seek.webm", sealed.file) });
    const browser = await chromium.launch({
      executablePath: chromiumPath ?? "",
      args: CHROMIUM_FLAGS,
    });
    try {
      const page = await browser.newPage();
      await page.goto(server.origin);
      const seen = await page.evaluate(async () => {
        const video = document.createElement("video");
        document.body.append(video);
        video.muted = true;
        const next = (name: string) =>
          new Promise((resolve) => video.addEventListener(name, resolve, { once: true }));
        const nextFrame = () =>
          new Promise<number>((resolve) =>
            video.requestVideoFrameCallback((_, { mediaTime }) => resolve(mediaTime)),
          );
        const first = nextFrame();
        video.src = "/vp9.webm";
        await first;
        const places = [video.duration * 0.8, 0.4, video.duration * 0.5, video.duration - 0.05];
        const landed: { asked: number; frame: number }[] = [];
        for (const asked of places) {
          const frame = nextFrame();
          const sought = next("seeked");
          video.currentTime = asked;
          await sought;
          landed.push({ asked, frame: await frame });
        }
        return { duration: video.duration, seekableEnd: video.seekable.end(0), landed };
      });
      expect(seen.duration).toBeCloseTo(sealed.durationMs / 1_000, 2);
      expect(seen.seekableEnd).toBeCloseTo(seen.duration, 3);
      const { packets } = await probe(join(folder, "seek.webm"));
      const times = packets.map((packet) => Number(packet.pts_time));
      for (const { asked, frame } of seen.landed) {
        const shown = Math.max(...times.filter((time) => time <= asked + 0.001));
        expect(frame).toBeCloseTo(shown, 2);
      }
    } finally {
      await browser.close();
      await server.close();
    }
  });
});
