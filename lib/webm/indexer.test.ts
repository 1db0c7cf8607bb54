import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import {
  AUDIO,
  type BlockModel,
  type BuiltStream,
  buildStream,
  type StreamModel,
  streamArbitrary,
  VIDEO,
} from "@/tests/support/webm-streams";
import { element, ID, uint, wideElementHead } from "./ebml";
import { MediaError } from "@/lib/media/media-error";
import { RESERVED_HEADER_BYTES } from "@/lib/media/media-indexer";
import { concat } from "@/lib/media/concat";
import { createWebmIndexer } from "./index";
import type { WebmIndexer } from "./index";
import { decodeState, encodeState } from "./saved-state";

// Many runs of a property, on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const frame = (relativeTicks: number, isKeyframe: boolean, track = 1): BlockModel => ({
  track,
  relativeTicks,
  isKeyframe,
  dataBytes: 500,
  flags: 0,
  group: null,
});

const cluster = (ticks: number, blocks: BlockModel[], isSized = false) => ({
  isSized,
  ticks,
  blocks,
  within: [],
  after: [],
});

const model = (
  clusters: StreamModel["clusters"],
  changes: Partial<StreamModel> = {},
): StreamModel => ({
  timestampScaleNs: 1_000_000,
  tracks: [VIDEO],
  isSegmentSized: false,
  before: [],
  clusters,
  ...changes,
});

function fed(stream: BuiltStream): WebmIndexer {
  const indexer = createWebmIndexer();
  indexer.feed(stream.bytes);
  return indexer;
}

const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** What feeding gives that anybody can see. */
function outcome(indexer: WebmIndexer, body: Uint8Array) {
  const { sourceBytes, bodyEnd, blockEnd, hasMedia } = indexer;
  const sealed = hasMedia ? indexer.sealedHeader() : null;
  return {
    facts: { sourceBytes, bodyEnd, blockEnd, hasMedia },
    saved: digest(indexer.save()),
    body: digest(body),
    live: digest(indexer.liveHeader()),
    sealed: sealed && { ...sealed, header: digest(sealed.header) },
  };
}

/** Feeds `bytes` cut at `cuts`; at each cut `goesOn` may continue in what another process would have. */
function feedInPieces(bytes: Uint8Array, cuts: readonly number[], goesOn: (i: number) => boolean) {
  let indexer = createWebmIndexer();
  const body: Uint8Array[] = [];
  [...cuts, bytes.length].reduce((from, to, i) => {
    const bodyEnd = indexer.bodyEnd;
    const piece = indexer.feed(bytes.subarray(from, to));
    if (indexer.bodyEnd - bodyEnd !== piece.length) throw new Error("bodyEnd is wrong");
    body.push(piece.slice());
    if (goesOn(i)) indexer = createWebmIndexer(indexer.save());
    return to;
  }, 0);
  return outcome(indexer, concat(...body));
}

describe("the indexer", () => {
  test("any stream gives the same bytes and index however it is cut and whoever goes on with it", () => {
    const cutsOf = (length: number) => fc.array(fc.nat({ max: length }), { maxLength: 12 });
    const cases = streamArbitrary.chain((made) => {
      const stream = buildStream(made);
      return fc.record({
        stream: fc.constant(stream),
        cuts: cutsOf(stream.bytes.length),
        restarts: fc.infiniteStream(fc.boolean()),
      });
    });
    fc.assert(
      fc.property(cases, ({ stream, cuts, restarts }) => {
        const sorted = [...cuts].sort((a, b) => a - b);
        const whole = feedInPieces(stream.bytes, [], () => false);
        const pieces = feedInPieces(stream.bytes, sorted, () => restarts.next().value === true);
        expect(pieces).toEqual(whole);
        expect(whole.body).toBe(digest(stream.bytes.subarray(stream.bodyStart)));
      }),
      { numRuns: 300 },
    );
  });

  test("one byte at a time gives the same as all at once, with a new process for every byte", () => {
    fc.assert(
      fc.property(streamArbitrary, (made) => {
        const clusters = made.clusters.slice(0, 2).map((c) => ({
          ...c,
          blocks: c.blocks.slice(0, 3).map((b) => ({ ...b, dataBytes: b.dataBytes % 30 })),
        }));
        const { bytes } = buildStream({ ...made, clusters });
        const everywhere = Array.from(bytes.keys()).slice(1, 3_000);
        expect(feedInPieces(bytes, everywhere, () => true)).toEqual(
          feedInPieces(bytes, [], () => false),
        );
      }),
      { numRuns: 25 },
    );
  });

  test("it finds the last whole block, the last moment and each Cluster's first keyframe", () => {
    fc.assert(
      fc.property(streamArbitrary, fc.double({ min: 0, max: 1, noNaN: true }), (made, part) => {
        const stream = buildStream(made);
        const cut = Math.floor(stream.bytes.length * part);
        const indexer = createWebmIndexer();
        indexer.feed(stream.bytes.subarray(0, cut));
        const whole = stream.blocks.filter((block) => block.end <= cut);
        expect(indexer.hasMedia).toBe(whole.length > 0);
        const filePosition = (position: number) =>
          RESERVED_HEADER_BYTES + position - stream.bodyStart;
        const last = whole.at(-1);
        expect(indexer.blockEnd).toBe(last ? filePosition(last.end) : RESERVED_HEADER_BYTES);
        if (last === undefined) return;

        const frameTicks = 1e9 / 30 / made.timestampScaleNs;
        const ends = whole.map((b) => Math.max(0, b.ticks) + (b.durationTicks ?? frameTicks));
        expect(indexer.index?.endTicks).toBeCloseTo(Math.max(...ends), 6);

        const cueTrack = made.tracks.find((track) => track.isVideo) ?? made.tracks[0];
        const keyframes = whole.filter((b) => b.isKeyframe && b.track === cueTrack?.number);
        const firsts = keyframes.filter(
          (b, i) => keyframes.findIndex((other) => other.clusterStart === b.clusterStart) === i,
        );
        const forward = firsts
          .map((b) => ({ ticks: Math.max(0, b.ticks), position: filePosition(b.clusterStart) }))
          .filter((cue, i, all) => all.slice(0, i).every((earlier) => earlier.ticks < cue.ticks));
        expect(indexer.index?.cues).toEqual({ gapTicks: 1, cues: forward });
      }),
      { numRuns: 300 },
    );
  });

  test("the client's own memory is handed back, not a copy", () => {
    const { bytes } = buildStream(model([cluster(0, [frame(0, true)])]));
    const indexer = createWebmIndexer();
    const body = indexer.feed(bytes);
    expect(body.buffer).toBe(bytes.buffer);
    const more = element(ID.void, new Uint8Array(20));
    expect(indexer.feed(more)).toBe(more);
  });

  test("nothing of a huge element is kept, before the first Cluster or in a BlockGroup", () => {
    const { bytes, bodyStart } = buildStream(model([cluster(0, [frame(0, true)])]));
    const indexer = createWebmIndexer();
    indexer.feed(bytes.subarray(0, bodyStart));
    indexer.feed(wideElementHead(ID.tags, 2 ** 40));
    const zeros = new Uint8Array(1 << 20);
    for (let i = 0; i < 64; i += 1) expect(indexer.feed(zeros)).toHaveLength(0);
    expect(indexer.save().length).toBeLessThan(300);

    const inGroup = createWebmIndexer();
    inGroup.feed(bytes);
    inGroup.feed(wideElementHead(ID.blockGroup, 2 ** 40));
    inGroup.feed(wideElementHead(ID.block, 2 ** 39));
    inGroup.feed(Uint8Array.of(0x81, 0, 40, 0));
    for (let i = 0; i < 64; i += 1) expect(inGroup.feed(zeros)).toBe(zeros);
    expect(inGroup.save().length).toBeLessThan(300);
    expect(inGroup.blockEnd).toBe(fed(buildStream(model([cluster(0, [frame(0, true)])]))).blockEnd);
  });

  test("positions beyond 2^32, and up to 2^52, stay exact", () => {
    const { bytes } = buildStream(model([cluster(0, [frame(0, true)])]));
    const gap = 2 ** 52;
    const indexer = createWebmIndexer();
    indexer.feed(bytes);
    const before = indexer.bodyEnd;
    // A huge Tags element, passed over by a state in which all of it has come.
    indexer.feed(wideElementHead(ID.tags, gap));
    const state = decodeState(indexer.save());
    const later = createWebmIndexer(encodeState({ ...state, position: state.skipUntil }));
    expect(later.bodyEnd).toBe(before + 12 + gap);
    const next = buildStream(model([cluster(90_000, [frame(0, true)])]));
    later.feed(next.bytes.subarray(next.bodyStart));
    expect(later.index?.cues.cues.at(-1)).toEqual({ ticks: 90_000, position: before + 12 + gap });
    expect(later.blockEnd).toBe(later.bodyEnd);
    expect(later.sealedHeader().endPosition).toBe(later.bodyEnd);
  });

  test("bytes after the end of a Segment that tells its size are no part of it", () => {
    const stream = buildStream(
      model([cluster(0, [frame(0, true)], true)], { isSegmentSized: true }),
    );
    const indexer = fed(stream);
    const { blockEnd } = indexer;
    indexer.feed(new Uint8Array(500));
    indexer.feed(stream.bytes);
    expect(indexer.blockEnd).toBe(blockEnd);
    expect(indexer.bodyEnd).toBe(blockEnd + 500 + stream.bytes.length);
  });

  test("a Cluster without a keyframe gets no cue", () => {
    const indexer = fed(
      buildStream(model([cluster(0, [frame(0, true)]), cluster(100, [frame(0, false)])])),
    );
    expect(indexer.index?.cues.cues).toHaveLength(1);
  });

  test("with sound, only the picture's keyframes are places to seek to", () => {
    const blocks = [frame(0, true, 2), frame(10, true, 1), frame(20, true, 2)];
    const indexer = fed(buildStream(model([cluster(0, blocks)], { tracks: [AUDIO, VIDEO] })));
    expect(indexer.index?.cues.cues).toEqual([{ ticks: 10, position: RESERVED_HEADER_BYTES }]);
    expect(indexer.sealedHeader()).toMatchObject({ codec: "vp9,opus", width: 640, height: 360 });
  });
});

describe("what is not WebM", () => {
  const codeOf = (bytes: Uint8Array) => {
    try {
      createWebmIndexer().feed(bytes);
      return null;
    } catch (error) {
      return error instanceof MediaError ? error.code : error;
    }
  };
  const ebml = (...parts: Uint8Array[]) => element(ID.ebml, ...parts);
  const docType = (name: string) => element(ID.docType, new TextEncoder().encode(name));

  test("is refused at its first wrong byte", () => {
    expect(codeOf(new TextEncoder().encode("<html>"))).toBe("unknown_format");
    expect(codeOf(Uint8Array.of(0x1a, 0x45, 0xde))).toBe("unknown_format");
    expect(codeOf(Uint8Array.of(0x1a, 0x45, 0xdf))).toBeNull();
    expect(codeOf(new Uint8Array(100_000))).toBe("unknown_format");
  });

  test("includes Matroska, and EBML with ids that Matroska cannot have", () => {
    expect(codeOf(ebml(docType("matroska")))).toBe("unknown_format");
    expect(codeOf(ebml(docType("webm"), element(ID.ebmlMaxIdLength, uint(200))))).toBe(
      "unknown_format",
    );
    expect(codeOf(ebml(docType("webm"), element(ID.ebmlMaxSizeLength, uint(9))))).toBe(
      "unknown_format",
    );
    expect(codeOf(ebml(docType("webm"), element(ID.ebmlMaxIdLength, uint(4))))).toBeNull();
  });

  test("includes a stream that starts a Cluster before saying what it holds", () => {
    const bare = concat(ebml(docType("webm")), wideElementHead(ID.segment, "unknown"));
    expect(codeOf(concat(bare, wideElementHead(ID.cluster, "unknown")))).toBe("unknown_format");
  });

  test("has no header: nothing can be made of it", () => {
    const indexer = createWebmIndexer();
    expect(() => indexer.liveHeader()).toThrow(expect.objectContaining({ code: "no_media" }));
    expect(() => indexer.sealedHeader()).toThrow(expect.objectContaining({ code: "no_media" }));
  });

  test("a header larger than what is reserved is refused before it is kept", () => {
    const start = concat(ebml(docType("webm")), wideElementHead(ID.segment, "unknown"));
    expect(codeOf(concat(start, wideElementHead(ID.info, 65_537)))).toBe("header_too_large");
    expect(codeOf(concat(start, wideElementHead(ID.tracks, 2 ** 50)))).toBe("header_too_large");
    expect(codeOf(wideElementHead(ID.ebml, 2 ** 30))).toBe("header_too_large");
    // What is not kept may be as large as it likes.
    expect(codeOf(concat(start, wideElementHead(ID.attachments, 2 ** 40)))).toBeNull();
  });

  test("a damaged stream is told apart from one that was never WebM", () => {
    const { bytes } = buildStream(model([cluster(0, [frame(0, true)])]));
    expect(codeOf(concat(bytes, new Uint8Array(9)))).toBe("corrupt");
    expect(codeOf(concat(bytes, bytes))).toBe("corrupt");
    expect(codeOf(concat(bytes, wideElementHead(ID.simpleBlock, "unknown")))).toBe("corrupt");
    expect(codeOf(concat(bytes, element(ID.simpleBlock, Uint8Array.of(0x81, 0))))).toBe("corrupt");
    const group = concat(wideElementHead(ID.blockGroup, 4), wideElementHead(ID.block, 5));
    expect(codeOf(concat(bytes, group))).toBe("corrupt");
    expect(codeOf(concat(bytes, element(ID.timestamp, new Uint8Array(9))))).toBe("corrupt");
    const never = buildStream(model([cluster(Number.MAX_SAFE_INTEGER, [frame(0, true)])]));
    expect(codeOf(never.bytes)).toBe("corrupt");
  });
});
