import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createIndexer } from "@/lib/media/create-indexer";
import { RESERVED_HEADER_BYTES } from "@/lib/media/media-indexer";
import { type Capture, CHROMIUM_FLAGS } from "./captures";
import { serveRanges } from "./range-server";
import { requireCommand } from "./requirements";

const run = promisify(execFile);
const chromiumPath = requireCommand("chromium");

/** Whether this machine can make captures and judge what becomes of them. */
export const canJudgeCaptures =
  chromiumPath !== null && requireCommand("ffmpeg") !== null && requireCommand("ffprobe") !== null;

/** All streams, each frame at its own time rather than at a frame rate guessed from the file. */
const AS_THEY_ARE = ["-map", "0", "-fps_mode", "passthrough", "-enc_time_base", "-1"];

/** What is particular to a container. */
export interface Container<Kind extends string> {
  /** Of file names. */
  readonly extension: string;
  readonly captures: () => Promise<Record<Kind, Capture>>;
  readonly expected: Readonly<Record<Kind, { codec: string; width: number; height: number }>>;
  /** Where elements of every level start, and how long their headers are. */
  readonly elements: (bytes: Uint8Array) => readonly { start: number; headerBytes: number }[];
  /** Where the first Cluster or fragment starts. */
  readonly bodyStart: (bytes: Uint8Array) => number;
  /** Where each block that can be shown by itself ends, in order. */
  readonly blockEnds: (bytes: Uint8Array) => readonly number[];
}

export const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** What the server does with a stream, in memory; `pieces` are fed one by one, each by a new process. */
export function seal(pieces: readonly Uint8Array[]) {
  let indexer = createIndexer();
  const body: Uint8Array[] = [];
  for (const piece of pieces) {
    body.push(indexer.feed(piece));
    indexer = createIndexer(indexer.save());
  }
  const sealed = indexer.sealedHeader();
  const whole = Buffer.concat(body).subarray(0, sealed.endPosition - RESERVED_HEADER_BYTES);
  return { ...sealed, file: Buffer.concat([sealed.header, whole]) };
}

/** Real captures of one container, and ffmpeg and Chromium as judges of what is made of them. */
export class CaptureBench<Kind extends string> {
  folder = "";
  made!: Record<Kind, Capture>;

  private constructor(private readonly container: Container<Kind>) {}

  /** To be called in a `describe`. */
  static install<Kind extends string>(container: Container<Kind>): CaptureBench<Kind> {
    const bench = new CaptureBench(container);
    beforeAll(async () => {
      bench.folder = await mkdtemp(join(tmpdir(), "sortie-captures-"));
      bench.made = await container.captures();
    }, 120_000);
    afterAll(() => rm(bench.folder, { recursive: true, force: true }));
    return bench;
  }

  async fileOf(name: string, bytes: Uint8Array): Promise<string> {
    const path = join(this.folder, `${name}.${this.container.extension}`);
    await writeFile(path, bytes);
    return path;
  }

  /** Tests of what holds for every container: to be called in a `describe`. */
  testEveryKind(): void {
    describe.each(Object.keys(this.container.expected) as Kind[])("%s", (kind) => {
      this.testSealing(kind);
      this.testCuts(kind);
    });
  }

  private testSealing(kind: Kind): void {
    test("seals into a file that ffmpeg reads from end to end, frame by frame the same", async () => {
      const { bytes } = this.made[kind];
      const sealed = seal([bytes]);
      expect(sealed).toMatchObject(this.container.expected[kind]);
      const path = await this.fileOf(kind, sealed.file);
      const raw = await this.fileOf(`${kind}-raw`, bytes);
      expect(await newComplaints(path, raw)).toEqual([]);
      expect(await frames(path)).toEqual(await frames(raw));
      await this.expectDuration(path, sealed.durationMs);
    });

    test("can be watched before it is sealed", async () => {
      const indexer = createIndexer();
      const body = indexer.feed(this.made[kind].bytes);
      const path = await this.fileOf(`${kind}-live`, Buffer.concat([indexer.liveHeader(), body]));
      const raw = await this.fileOf(`${kind}-unsealed`, this.made[kind].bytes);
      expect(await newComplaints(path, raw)).toEqual([]);
      expect(await frames(path)).toEqual(await frames(raw));
    });

    test("sealed again gives the same bytes, whoever seals it", () => {
      const indexer = createIndexer();
      indexer.feed(this.made[kind].bytes);
      const first = indexer.sealedHeader();
      expect(indexer.sealedHeader()).toEqual(first);
      expect(createIndexer(indexer.save()).sealedHeader()).toEqual(first);
    });
  }

  private testCuts(kind: Kind): void {
    test("gives the same file cut inside any header of an element, and a little behind it", () => {
      const { bytes } = this.made[kind];
      const whole = digest(seal([bytes]).file);
      const bodyBytes = bytes.length - this.container.bodyStart(bytes);
      for (const { start, headerBytes } of this.container.elements(bytes)) {
        for (let cut = start; cut <= start + headerBytes + 5 && cut < bytes.length; cut += 1) {
          const indexer = createIndexer();
          const first = indexer.feed(bytes.subarray(0, cut));
          const other = createIndexer(indexer.save());
          const second = other.feed(bytes.subarray(cut));
          if (first.length + second.length !== bodyBytes) throw new Error(`cut at ${cut}`);
          const { header, endPosition } = other.sealedHeader();
          const body = Buffer.concat([first, second]).subarray(
            0,
            endPosition - RESERVED_HEADER_BYTES,
          );
          if (start % 7 === 0) expect(digest(Buffer.concat([header, body]))).toBe(whole);
          expect(endPosition).toBe(RESERVED_HEADER_BYTES + body.length);
        }
      }
    });

    test("gives the same file in the recorder's chunks, in random ones and byte by byte", () => {
      const { bytes, chunkSizes } = this.made[kind];
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
      const indexer = createIndexer();
      let returned = 0;
      for (let at = 0; at < bytes.length; at += 1)
        returned += indexer.feed(bytes.subarray(at, at + 1)).length;
      expect(returned).toBe(indexer.bodyEnd - RESERVED_HEADER_BYTES);
      expect(digest(indexer.sealedHeader().header)).toBe(digest(seal([bytes]).header));
    });

    test("cut off anywhere, keeps every whole block, decodes without complaint and lasts as long", async () => {
      const { bytes } = this.made[kind];
      const raw = await this.fileOf(`${kind}-all`, bytes);
      const whole = await frames(raw);
      const ends = this.container.blockEnds(bytes);
      const bodyStart = this.container.bodyStart(bytes);
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: ends[0] ?? 0, max: bytes.length }), async (cut) => {
          const sealed = seal([bytes.subarray(0, cut)]);
          const lastEnd = ends.findLast((end) => end <= cut) ?? 0;
          expect(sealed.endPosition).toBe(RESERVED_HEADER_BYTES + lastEnd - bodyStart);
          const path = await this.fileOf(`${kind}-cut`, sealed.file);
          expect(await newComplaints(path, raw)).toEqual([]);
          const kept = await frames(path);
          expect(whole).toEqual(expect.arrayContaining(kept.slice(0, -2)));
          const { format, packets } = await probe(path);
          const last = Math.max(...packets.map((packet) => Number(packet.pts_time)));
          expect(Number(format.duration) - last).toBeGreaterThan(0);
          expect(Math.abs(Number(format.duration) - sealed.durationMs / 1_000)).toBeLessThan(0.1);
        }),
        { numRuns: 4 },
      );
    });
  }

  /** With sound beside it, ffmpeg takes the picture's length for the file's. */
  private async expectDuration(path: string, durationMs: number): Promise<void> {
    const { format } = await probe(path);
    expect(Math.abs(Number(format.duration) - durationMs / 1_000)).toBeLessThan(0.05);
  }
}

/**
 * What ffmpeg complains of in a full decode, beyond what it complains of in the file `than`: a starved
 * browser gives two pieces of sound the same time, and sealing does not mend that.
 */
export async function newComplaints(path: string, than: string): Promise<string[]> {
  const [ours, before] = await Promise.all([path, than].map(complaints));
  return (ours ?? []).filter((line) => before?.includes(line) !== true);
}

async function complaints(path: string): Promise<string[]> {
  const { stderr } = await run("ffmpeg", [
    ...["-v", "error", "-i", path, ...AS_THEY_ARE],
    ...["-f", "null", "-"],
  ]);
  const lines = stderr.split("\n").map((line) => line.replace(/^\[(.*) @ 0x.*?\]/, "$1:"));
  return lines.filter((line) => line !== "" && !line.includes("Last message repeated"));
}

/** Each frame's stream, timestamps, size and checksum. */
export async function frames(path: string): Promise<string[]> {
  const { stdout } = await run("ffmpeg", [
    ...["-v", "error", "-i", path, ...AS_THEY_ARE],
    ...["-f", "framemd5", "-"],
  ]);
  // Without the duration, the fourth column, which is guessed.
  const rows = stdout.split("\n").filter((line) => /^\d/.test(line));
  return rows.map((line) => line.split(/, */).toSpliced(3, 1).join(" "));
}

export async function probe(path: string) {
  const { stdout } = await run("ffprobe", [
    ...["-v", "error", "-show_entries"],
    ...["format=duration:stream=index,codec_type:packet=pts_time,flags,stream_index"],
    ...["-of", "json", path],
  ]);
  return JSON.parse(stdout) as {
    format: { duration?: string };
    streams: { index: number; codec_type: string }[];
    packets: { stream_index: number; pts_time: string; flags: string }[];
  };
}

/** Lets Chromium jump about in a file; returns what it made of that, each place with the frame it showed. */
export async function seekInChromium(path: string) {
  const server = await serveRanges({ video: path });
  const browser = await chromium.launch({
    executablePath: chromiumPath ?? "",
    args: CHROMIUM_FLAGS,
  });
  try {
    const page = await browser.newPage();
    await page.goto(server.origin);
    return await page.evaluate(jumpAbout);
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Runs inside the browser. */
async function jumpAbout() {
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
  video.src = "/video";
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
}
