import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { buildStream, type ClusterModel, VIDEO } from "@/tests/support/webm-streams";
import { addCue, type Cue, MAX_CUES } from "@/lib/media/cue-list";
import { children, element, ID, readElementHeader, readUint } from "./ebml";
import { RESERVED_HEADER_BYTES } from "@/lib/media/media-indexer";
import { createWebmIndexer } from "./index";
import { decodeState, encodeState } from "./saved-state";

// Many runs of a property, on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const PADDING = new Uint8Array(50_000);

function clusterAt(ticks: number, isSized: boolean): ClusterModel {
  const block = {
    track: 1,
    relativeTicks: 0,
    isKeyframe: true,
    dataBytes: 100,
    flags: 0,
    group: null,
  };
  return {
    isSized,
    ticks,
    blocks: [block, { ...block, relativeTicks: 33 }],
    within: [],
    after: [],
  };
}

function indexed(clusters: readonly ClusterModel[], cut?: number, timestampScaleNs = 1_000_000) {
  const isSegmentSized = false;
  const stream = buildStream({
    timestampScaleNs,
    tracks: [VIDEO],
    isSegmentSized,
    before: [],
    clusters,
  });
  const indexer = createWebmIndexer();
  indexer.feed(stream.bytes.subarray(0, cut));
  return indexer;
}

/** Level by level, as a player would read it. */
function readHeader(header: Uint8Array) {
  const ebml = readElementHeader(header, 0)!;
  const segmentAt = ebml.headerBytes + Number(ebml.size);
  const segment = readElementHeader(header, segmentAt)!;
  const segmentStart = segmentAt + segment.headerBytes;
  const elements = [...children(header.subarray(segmentStart))];
  const find = (id: number) => elements.find((child) => child.id === id);
  const at = (position: number) => readElementHeader(header, segmentStart + position)?.id;
  const seek = [...children(find(ID.seekHead)?.data ?? new Uint8Array(0))].map((entry) => {
    const [id, position] = [...children(entry.data)];
    return [readUint(id!.data, 0, id!.data.length), at(readUint(position!.data, 0, 4))];
  });
  const duration = [...children(find(ID.info)!.data)].find((child) => child.id === ID.duration);
  const cues = [...children(find(ID.cues)?.data ?? new Uint8Array(0))].map((point) => {
    const [time, positions] = [...children(point.data)];
    const [track, position] = [...children(positions!.data)];
    const numbers = [time, track, position].map((e) => readUint(e!.data, 0, e!.data.length));
    return { ticks: numbers[0]!, track: numbers[1]!, position: numbers[2]! + segmentStart };
  });
  return {
    size: segment.size,
    segmentStart,
    ids: elements.map((child) => child.id),
    seek,
    cues,
    durationTicks: duration && new DataView(duration.data.slice().buffer).getFloat64(0),
  };
}

describe("the sealed header", () => {
  test("leads to everything, and fills exactly the reserved bytes", () => {
    const indexer = indexed([clusterAt(0, true), clusterAt(5_000, true)]);
    const sealed = indexer.sealedHeader();
    expect(sealed.header).toHaveLength(RESERVED_HEADER_BYTES);
    const read = readHeader(sealed.header);
    expect(read.ids).toEqual([ID.seekHead, ID.info, ID.tracks, ID.cues, ID.void]);
    expect(read.seek).toEqual([
      [ID.info, ID.info],
      [ID.tracks, ID.tracks],
      [ID.cues, ID.cues],
    ]);
    expect(read.size).toBe(sealed.endPosition - read.segmentStart);
    expect(read.durationTicks).toBeCloseTo(5_000 + 33 + 1_000 / 30, 9);
    expect(sealed.durationMs).toBe(5_066);
    expect(read.cues.map((cue) => cue.ticks)).toEqual([0, 5_000]);
    expect(read.cues[0]!.position).toBe(RESERVED_HEADER_BYTES);
  });

  test("counts in the stream's own ticks", () => {
    const sealed = indexed([clusterAt(20_000, true)], undefined, 100_000).sealedHeader();
    expect(sealed.durationMs).toBe(2_037);
    expect(readHeader(sealed.header).durationTicks).toBeCloseTo(20_033 + 10_000 / 30, 9);
  });

  test("leaves the Segment's size open when a Cluster's is, or when the last Cluster was cut short", () => {
    const unsized = indexed([clusterAt(0, false), clusterAt(5_000, true)]);
    expect(readHeader(unsized.sealedHeader().header).size).toBe("unknown");
    const { bytes } = buildStream({
      timestampScaleNs: 1_000_000,
      tracks: [VIDEO],
      isSegmentSized: false,
      before: [],
      clusters: [clusterAt(0, true)],
    });
    const short = indexed([clusterAt(0, true)], bytes.length - 1);
    expect(short.hasMedia).toBe(true);
    expect(readHeader(short.sealedHeader().header).size).toBe("unknown");
  });

  test("has no Cues, and no way to them, when there is no keyframe", () => {
    const none = clusterAt(0, true);
    const blocks = none.blocks.map((block) => ({ ...block, isKeyframe: false }));
    const read = readHeader(indexed([{ ...none, blocks }]).sealedHeader().header);
    expect(read.ids).toEqual([ID.seekHead, ID.info, ID.tracks, ID.void]);
    expect(read.seek).toHaveLength(2);
  });

  test("is the same each time, and the same from a saved state", () => {
    const indexer = indexed([clusterAt(0, false), clusterAt(5_000, false)]);
    const first = indexer.sealedHeader();
    for (const again of [
      indexer.sealedHeader(),
      createWebmIndexer(indexer.save()).sealedHeader(),
    ]) {
      expect(Buffer.compare(again.header, first.header)).toBe(0);
      expect({ ...again, header: null }).toEqual({ ...first, header: null });
    }
  });

  test("keeps what Info said, but neither its old Duration nor its checksum", () => {
    const state = decodeState(indexed([clusterAt(0, true)]).save());
    const app = element(0x4d80, new TextEncoder().encode("Chrome"));
    const stale = [element(ID.crc32, new Uint8Array(4)), element(ID.duration, new Uint8Array(8))];
    const info = Buffer.concat([...stale, app, state.head.info ?? new Uint8Array(0)]);
    const indexer = createWebmIndexer(encodeState({ ...state, head: { ...state.head, info } }));
    const { header } = indexer.sealedHeader();
    const { segmentStart, durationTicks } = readHeader(header);
    const kept = [...children(header.subarray(segmentStart))].find(
      (child) => child.id === ID.info,
    )!;
    const ids = [...children(kept.data)].map((child) => child.id);
    expect(ids).toEqual([0x4d80, ID.timestampScale, ID.duration]);
    expect(durationTicks).toBeGreaterThan(60);
    expect(Buffer.from(kept.data).includes("Chrome")).toBe(true);
  });

  test("points to Clusters beyond 4 GiB", () => {
    const state = decodeState(indexed([clusterAt(0, false)]).save());
    const far = 2 ** 45;
    const cues = [...state.cues, { ticks: 9_000, position: far }];
    const { header } = createWebmIndexer(encodeState({ ...state, cues })).sealedHeader();
    expect(readHeader(header).cues.at(-1)).toEqual({ ticks: 9_000, track: 1, position: far });
  });
});

describe("the live header", () => {
  test("is playable as it is: no size, no duration, no cues", () => {
    const header = indexed([clusterAt(0, false)]).liveHeader();
    expect(header).toHaveLength(RESERVED_HEADER_BYTES);
    const read = readHeader(header);
    expect(read.size).toBe("unknown");
    expect(read.ids).toEqual([ID.info, ID.tracks, ID.void]);
    expect(read.durationTicks).toBeUndefined();
  });
});

describe("more cues than fit", () => {
  const listOf = (cues: readonly Cue[]) => {
    const list = { gapTicks: 1, cues: [] as Cue[] };
    let most = 0;
    for (const cue of cues) {
      addCue(list, cue);
      most = Math.max(most, list.cues.length);
    }
    expect(most).toBeLessThanOrEqual(MAX_CUES);
    return list;
  };

  test("are thinned evenly, the first kept, however long the recording and whatever its rhythm", () => {
    const rhythm = fc.record({
      count: fc.integer({ min: 1, max: 30_000 }),
      everyTicks: fc.integer({ min: 1, max: 100_000 }),
      jitter: fc.double({ min: 0, max: 0.9, noNaN: true }),
      start: fc.nat({ max: 10_000 }),
    });
    fc.assert(
      fc.property(rhythm, ({ count, everyTicks, jitter, start }) => {
        const at = (i: number) =>
          Math.floor(start + everyTicks * (i + jitter * Math.abs(Math.sin(i))));
        const all = Array.from({ length: count }, (_, i) => ({
          ticks: at(i),
          position: i * 1_000,
        }));
        const { cues, gapTicks } = listOf(all);
        expect(cues[0]).toEqual(all[0]);
        const kept = new Set(cues.map((cue) => cue.ticks));
        let worst = 0;
        all.reduce((from, cue) => {
          worst = Math.max(worst, cue.ticks - from);
          return kept.has(cue.ticks) ? cue.ticks : from;
        }, start);
        // Between two kept ones lie at most two slots and a keyframe's distance.
        expect(worst).toBeLessThanOrEqual(2 * gapTicks + 2 * everyTicks);
        if (count > MAX_CUES * 2) expect(cues.length).toBeGreaterThan(MAX_CUES / 4);
      }),
      { numRuns: 60 },
    );
  });

  test("ten hours of a keyframe each 5 s keep a place to seek to at least each 20 s", () => {
    const clusters = Array.from({ length: 7_200 }, (_, i) => ({
      ticks: i * 5_000,
      position: i * 2e6,
    }));
    const { cues } = listOf(clusters);
    const gaps = cues.slice(1).map((cue, i) => cue.ticks - (cues[i]?.ticks ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(20_000);
    expect(cues[0]?.ticks).toBe(0);
  });

  test("are thinned further where the stream's own header leaves little room", () => {
    const state = decodeState(indexed([clusterAt(0, false)]).save());
    const cues = Array.from({ length: MAX_CUES }, (_, i) => ({
      ticks: i * 5_000,
      position: 2 ** 52 + i,
    }));
    const tracks = Buffer.concat([state.head.tracks!, element(ID.void, PADDING)]);
    const roomy = createWebmIndexer(encodeState({ ...state, cues })).sealedHeader();
    const tight = createWebmIndexer(
      encodeState({ ...state, cues, head: { ...state.head, tracks } }),
    ).sealedHeader();
    expect(readHeader(roomy.header).cues).toHaveLength(MAX_CUES);
    const kept = readHeader(tight.header).cues;
    expect(kept[0]?.ticks).toBe(0);
    expect(kept.length).toBeGreaterThan(150);
    const gaps = kept.slice(1).map((cue, i) => cue.ticks - kept[i]!.ticks);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(2 * Math.min(...gaps));
    expect(tight.header).toHaveLength(RESERVED_HEADER_BYTES);
  });
});
