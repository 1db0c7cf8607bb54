import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { concat } from "@/lib/media/concat";
import { MAX_CUES } from "@/lib/media/cue-list";
import { MediaError } from "@/lib/media/media-error";
import { RESERVED_HEADER_BYTES } from "@/lib/media/media-indexer";
import {
  AUDIO,
  buildMp4,
  type FragmentModel,
  type Mp4Model,
  mp4Arbitrary,
  VIDEO,
} from "@/tests/support/mp4-streams";
import { box, children, Fields, find, TYPE, uint32, uint64 } from "./boxes";
import { createMp4Indexer, type Mp4Indexer } from "./index";
import { decodeState, encodeState } from "./saved-state";

// Many runs of a property, on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** One second of picture from `ticks` on, two frames. */
const second = (ticks: number, isKeyframe = true): FragmentModel => ({
  parts: [
    {
      trackId: 1,
      ticks,
      saysEach: true,
      samples: [
        { ticks: 10_000, bytes: 500, isKeyframe },
        { ticks: 20_000, bytes: 300, isKeyframe: false },
      ],
    },
  ],
  isLarge: false,
  slackBytes: 0,
  before: [],
  within: [],
});

const model = (fragments: readonly FragmentModel[]): Mp4Model => ({
  tracks: [VIDEO],
  before: [],
  fragments,
});

function fed(bytes: Uint8Array): Mp4Indexer {
  const indexer = createMp4Indexer();
  indexer.feed(bytes);
  return indexer;
}

const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Feeds `bytes` cut at `cuts`; at each cut `goesOn` may continue in what another process would have. */
function feedInPieces(bytes: Uint8Array, cuts: readonly number[], goesOn: (i: number) => boolean) {
  let indexer = createMp4Indexer();
  const body: Uint8Array[] = [];
  [...cuts, bytes.length].reduce((from, to, i) => {
    const { bodyEnd } = indexer;
    const piece = indexer.feed(bytes.subarray(from, to));
    if (indexer.bodyEnd - bodyEnd !== piece.length) throw new Error("bodyEnd is wrong");
    body.push(piece.slice());
    if (goesOn(i)) indexer = createMp4Indexer(indexer.save());
    return to;
  }, 0);
  const { sourceBytes, bodyEnd, blockEnd, hasMedia, encodedMs } = indexer;
  return {
    facts: { sourceBytes, bodyEnd, blockEnd, hasMedia, encodedMs },
    saved: digest(indexer.save()),
    body: digest(concat(...body)),
    live: digest(indexer.liveHeader()),
    sealed: hasMedia && digest(indexer.sealedHeader().header),
  };
}

/** What a player reads: the boxes of a sealed header, and where its index leads to. */
function readSealed(indexer: Mp4Indexer) {
  const { header, ...facts } = indexer.sealedHeader();
  const top = [...children(header)];
  const moov = find(header, TYPE.moov) ?? new Uint8Array(0);
  const sidx = find(header, TYPE.sidx);
  const references: { position: number; ticks: number; lastsTicks: number }[] = [];
  if (sidx !== null) {
    const fields = new Fields(sidx).skip(12);
    let ticks = fields.uint64();
    let position = RESERVED_HEADER_BYTES + fields.uint64();
    const count = fields.skip(2).uint16();
    for (let i = 0; i < count; i += 1) {
      const [sizeBytes, lastsTicks] = [fields.uint32(), fields.uint32()];
      expect(fields.uint32()).toBe(0x9000_0000);
      references.push({ position, ticks, lastsTicks });
      position += sizeBytes;
      ticks += lastsTicks;
    }
    expect(position).toBe(facts.endPosition);
  }
  const duration = (at: number, ...path: number[]) =>
    new Fields(find(moov, ...path) ?? new Uint8Array(0)).skip(at);
  return {
    types: top.map(({ type }) => type),
    bytes: header.length,
    references,
    durations: {
      mvhd: duration(16, TYPE.mvhd).uint32(),
      mehd: duration(4, TYPE.mvex, TYPE.mehd).uint64(),
      tkhd: duration(28, TYPE.trak, TYPE.tkhd).uint64(),
      mdhd: duration(24, TYPE.trak, TYPE.mdia, TYPE.mdhd).uint64(),
    },
    ...facts,
  };
}

describe("the indexer", () => {
  test("any stream gives the same bytes and index however it is cut and whoever goes on with it", () => {
    const cases = mp4Arbitrary.chain((made) => {
      const { bytes } = buildMp4(made);
      return fc.record({
        bytes: fc.constant(bytes),
        cuts: fc.array(fc.nat({ max: bytes.length }), { maxLength: 12 }),
        restarts: fc.infiniteStream(fc.boolean()),
        bodyStart: fc.constant(buildMp4(made).bodyStart),
      });
    });
    fc.assert(
      fc.property(cases, ({ bytes, cuts, restarts, bodyStart }) => {
        const sorted = [...cuts].sort((a, b) => a - b);
        const whole = feedInPieces(bytes, [], () => false);
        const pieces = feedInPieces(bytes, sorted, () => restarts.next().value === true);
        expect(pieces).toEqual(whole);
        expect(whole.body).toBe(digest(bytes.subarray(bodyStart)));
      }),
      { numRuns: 300 },
    );
  });

  test("one byte at a time gives the same as all at once, with a new process for every byte", () => {
    const { bytes } = buildMp4(model([second(0), second(30_000)]));
    const everywhere = Array.from(bytes.keys()).slice(1);
    expect(feedInPieces(bytes, everywhere, () => true)).toEqual(
      feedInPieces(bytes, [], () => false),
    );
  });

  test("it finds the last whole fragment, the last moment and each fragment that starts with a keyframe", () => {
    fc.assert(
      fc.property(mp4Arbitrary, fc.double({ min: 0, max: 1, noNaN: true }), (made, part) => {
        const stream = buildMp4(made);
        const cut = Math.floor(stream.bytes.length * part);
        const indexer = fed(stream.bytes.subarray(0, cut));
        const whole = stream.fragments.filter((f) => f.end <= cut && f.parts.length > 0);
        const position = (at: number) => RESERVED_HEADER_BYTES + at - stream.bodyStart;
        const last = whole.at(-1);
        expect(indexer.hasMedia).toBe(last !== undefined);
        expect(indexer.blockEnd).toBe(last ? position(last.end) : RESERVED_HEADER_BYTES);
        if (last === undefined) return;

        const parts = whole.flatMap((f) => f.parts.map((p) => ({ ...p, start: f.start })));
        const timescale = (id: number) => (id === VIDEO.id ? VIDEO : AUDIO).timescale;
        const endsMs = parts.map((p) => (p.endTicks * 1_000) / timescale(p.trackId));
        expect(indexer.encodedMs).toBe(Math.max(...endsMs));

        const cueTrack = made.tracks.find((track) => track.isVideo) ?? made.tracks[0];
        const forward = parts
          .filter((p) => p.trackId === cueTrack?.id && p.isKey)
          .map((p) => ({ ticks: p.startTicks, position: position(p.start) }))
          .filter((cue, i, all) => all.slice(0, i).every((earlier) => earlier.ticks < cue.ticks));
        expect(indexer.index?.cues).toEqual({ gapTicks: 1, cues: forward });
      }),
      { numRuns: 300 },
    );
  });

  test("the client's own memory is handed back, not a copy", () => {
    const { bytes } = buildMp4(model([second(0)]));
    const indexer = createMp4Indexer();
    expect(indexer.feed(bytes).buffer).toBe(bytes.buffer);
    const more = box(TYPE.free, new Uint8Array(20));
    expect(indexer.feed(more)).toBe(more);
  });

  test("nothing of a huge box is kept, and positions beyond 2^32 stay exact", () => {
    const indexer = fed(buildMp4(model([second(0)])).bytes);
    const { bodyEnd } = indexer;
    const gap = 2 ** 40;
    indexer.feed(concat(uint32(1), uint32(TYPE.free), uint64(gap + 16)));
    indexer.feed(new Uint8Array(1 << 20));
    expect(indexer.save().length).toBeLessThan(1_000);
    const state = decodeState(indexer.save());
    const later = createMp4Indexer(encodeState({ ...state, position: state.skipUntil }));
    const next = buildMp4(model([second(90_000)]));
    later.feed(next.bytes.subarray(next.bodyStart));
    const position = bodyEnd + 16 + gap;
    expect(later.index?.cues.cues.at(-1)).toEqual({ ticks: 90_000, position });
    // A gap that no reference can tell of: the file goes without an index rather than with a wrong one.
    expect(readSealed(later)).toMatchObject({ endPosition: later.bodyEnd, references: [] });
  });
});

describe("a sealed header", () => {
  test("tells the duration in every place, and leads to every keyframe", () => {
    const fragments = [second(0), second(30_000, false), second(60_000), second(90_000)];
    const stream = buildMp4(model(fragments));
    const sealed = readSealed(fed(stream.bytes.subarray(0, stream.bytes.length - 1)));
    expect(sealed).toMatchObject({
      types: [TYPE.ftyp, TYPE.moov, TYPE.free, TYPE.sidx],
      bytes: RESERVED_HEADER_BYTES,
      ...{ durationMs: 3_000, codec: "avc1.42e01f", width: 640, height: 360 },
      durations: { mvhd: 3_000, mehd: 3_000, tkhd: 3_000, mdhd: 90_000 },
    });
    const at = (i: number) =>
      RESERVED_HEADER_BYTES + (stream.fragments[i]?.start ?? 0) - stream.bodyStart;
    expect(sealed.references).toEqual([
      { position: at(0), ticks: 0, lastsTicks: 60_000 },
      { position: at(2), ticks: 60_000, lastsTicks: 30_000 },
    ]);
  });

  test("passes over what comes before the first keyframe", () => {
    const stream = buildMp4(model([second(0, false), second(30_000)]));
    const sealed = readSealed(fed(stream.bytes));
    const [, next] = stream.fragments;
    const position = RESERVED_HEADER_BYTES + (next?.start ?? 0) - stream.bodyStart;
    expect(sealed.references).toEqual([{ position, ticks: 30_000, lastsTicks: 30_000 }]);
  });

  test("thins its places to seek to evenly when there are more than fit", () => {
    const state = decodeState(fed(buildMp4(model([second(0)])).bytes).save());
    const count = MAX_CUES;
    const cues = Array.from({ length: count }, (_, i) => ({
      ticks: i * 30_000,
      position: RESERVED_HEADER_BYTES + i * 1_000,
    }));
    // A header of its own so large that a third of the references fit.
    const padding = box(TYPE.free, new Uint8Array(50_000));
    const moov = concat(state.head.moov ?? new Uint8Array(0), padding);
    const sealed = readSealed(
      createMp4Indexer(
        encodeState({
          ...state,
          cues,
          head: { ...state.head, moov },
          ends: new Map([[1, count * 30_000]]),
          fragmentEnd: (state.bodyStart ?? 0) + count * 1_000,
        }),
      ),
    );
    expect(sealed.references.length).toBeGreaterThan(500);
    expect(sealed.references[0]?.position).toBe(RESERVED_HEADER_BYTES);
    const lengths = sealed.references.slice(0, -1).map(({ lastsTicks }) => lastsTicks);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(2 * Math.min(...lengths));
  });
});

describe("what is not fragmented MP4", () => {
  const codeOf = (...parts: Uint8Array[]) => {
    try {
      createMp4Indexer().feed(concat(...parts));
      return null;
    } catch (error) {
      return error instanceof MediaError ? error.code : error;
    }
  };
  const { bytes, bodyStart } = buildMp4(model([second(0)]));
  const head = bytes.subarray(0, bodyStart);
  const ftyp = head.subarray(0, 20);

  test("is refused at its first wrong byte", () => {
    expect(codeOf(Buffer.from("<html>"))).toBe("unknown_format");
    expect(codeOf(Uint8Array.of(0, 0, 0, 20, 0x66, 0x72))).toBe("unknown_format");
    expect(codeOf(Uint8Array.of(0, 0, 0, 20, 0x66, 0x74))).toBeNull();
    expect(codeOf(new Uint8Array(100_000))).toBe("unknown_format");
  });

  test("includes files in one piece, and fragments nobody described", () => {
    expect(codeOf(ftyp, box(TYPE.mdat, new Uint8Array(9)))).toBe("unknown_format");
    expect(codeOf(ftyp, box(TYPE.moov, box(TYPE.mvhd, new Uint8Array(100))))).toBe(
      "unknown_format",
    );
    expect(codeOf(ftyp, bytes.subarray(bodyStart))).toBe("unknown_format");
  });

  test("includes fragments at absolute positions, which would lead nowhere in our file", () => {
    const tfhd = box(TYPE.tfhd, uint32(0x1), uint32(1), uint64(700));
    const moof = box(TYPE.moof, box(TYPE.traf, tfhd));
    expect(codeOf(head, moof)).toBe("unknown_format");
  });

  test("a header larger than what is reserved is refused before it is kept", () => {
    expect(codeOf(ftyp, uint32(65_537), uint32(TYPE.moov))).toBe("header_too_large");
    expect(codeOf(uint32(65_537), uint32(TYPE.ftyp))).toBe("unknown_format");
    // What is not kept may be as large as it likes.
    expect(codeOf(ftyp, uint32(1), uint32(TYPE.free), uint64(2 ** 40))).toBeNull();
  });

  test("a damaged stream is told apart from one that was never MP4", () => {
    expect(codeOf(bytes, bytes)).toBe("corrupt");
    expect(codeOf(bytes, new Uint8Array(9))).toBe("corrupt");
    expect(() => fed(concat(bytes, uint32(0), uint32(TYPE.mdat)))).toThrow(/box without an end/);
    expect(codeOf(bytes, uint32(7), uint32(TYPE.free))).toBe("corrupt");
    expect(codeOf(bytes, uint32(200_000), uint32(TYPE.moof))).toBe("corrupt");
    const lacking = bytes.subarray(bodyStart, bytes.length - 808);
    expect(codeOf(bytes, lacking, bytes.subarray(bodyStart))).toBe("corrupt");
    const never = buildMp4(model([second(Number.MAX_SAFE_INTEGER - 60_000)]));
    expect(codeOf(never.bytes)).toBe("corrupt");
  });

  test("a fragment of a track nobody announced is passed over", () => {
    const stream = buildMp4({
      ...model([second(0)]),
      tracks: [AUDIO],
    });
    expect(fed(stream.bytes).hasMedia).toBe(false);
    expect(() => fed(stream.bytes).sealedHeader()).toThrow(
      expect.objectContaining({ code: "no_media" }),
    );
  });

  test("has no header: nothing can be made of it", () => {
    const indexer = fed(head);
    expect(() => indexer.liveHeader()).toThrow(expect.objectContaining({ code: "no_media" }));
  });
});
