import fc from "fast-check";
import { concat } from "@/lib/media/concat";
import { element, ID, uint, wideElementHead } from "@/lib/webm/ebml";

/** A WebM stream to be made up, in the ways that recorders and other tools differ. */
export interface StreamModel {
  readonly timestampScaleNs: number;
  readonly tracks: readonly TrackModel[];
  readonly isSegmentSized: boolean;
  /** Elements of no use to us, before the first Cluster. */
  readonly before: readonly FillerModel[];
  readonly clusters: readonly ClusterModel[];
}

export interface TrackModel {
  readonly number: number;
  readonly isVideo: boolean;
  readonly codecId: string;
}

export interface ClusterModel {
  readonly isSized: boolean;
  readonly ticks: number;
  readonly blocks: readonly BlockModel[];
  /** Elements of no use to us, inside the Cluster and after it. */
  readonly within: readonly FillerModel[];
  readonly after: readonly FillerModel[];
}

export interface BlockModel {
  readonly track: number;
  readonly relativeTicks: number;
  readonly isKeyframe: boolean;
  readonly dataBytes: number;
  readonly flags: number;
  /** Null for a SimpleBlock. */
  readonly group: { readonly durationTicks: number | null; readonly additionBytes: number } | null;
}

export interface FillerModel {
  readonly id: number;
  readonly bytes: number;
  /** Its size in 8 bytes. */
  readonly isWide: boolean;
}

export interface BuiltStream {
  readonly bytes: Uint8Array;
  /** Where the first Cluster starts. */
  readonly bodyStart: number;
  /** Where elements of any level start, for cutting there. */
  readonly starts: readonly number[];
  readonly blocks: readonly BuiltBlock[];
}

export interface BuiltBlock {
  /** Position in `bytes` after it. */
  readonly end: number;
  readonly track: number;
  readonly ticks: number;
  readonly durationTicks: number | null;
  readonly isKeyframe: boolean;
  readonly clusterStart: number;
}

export const VIDEO: TrackModel = { number: 1, isVideo: true, codecId: "V_VP9" };
export const AUDIO: TrackModel = { number: 2, isVideo: false, codecId: "A_OPUS" };

/** Builds the stream, and says independently of the indexer what is where. */
export function buildStream(model: StreamModel): BuiltStream {
  const starts: number[] = [];
  const blocks: BuiltBlock[] = [];
  const body: Uint8Array[] = [];
  const head = [
    infoElement(model.timestampScaleNs),
    ...model.before.map(filler),
    tracksElement(model.tracks),
  ];
  const ebml = element(ID.ebml, element(ID.docType, new TextEncoder().encode("webm")));
  const segmentHeadBytes = wideElementHead(ID.segment, "unknown").length;
  const bodyStart = [ebml, ...head].reduce((sum, part) => sum + part.length, segmentHeadBytes);

  let at = bodyStart;
  for (const cluster of model.clusters) {
    const clusterStart = at;
    const timestamp = element(ID.timestamp, uint(cluster.ticks));
    const encoded = cluster.blocks.map(encodeBlock);
    const content = [timestamp, ...cluster.within.map(filler), ...encoded];
    const size = content.reduce((sum, part) => sum + part.length, 0);
    const clusterHead = wideElementHead(ID.cluster, cluster.isSized ? size : "unknown");
    at += clusterHead.length;
    starts.push(clusterStart);
    content.forEach((part, i) => {
      starts.push(at);
      at += part.length;
      const block = cluster.blocks[i - content.length + encoded.length];
      if (block === undefined) return;
      const ticks = cluster.ticks + block.relativeTicks;
      const durationTicks = block.group?.durationTicks ?? null;
      const { track, isKeyframe } = block;
      blocks.push({ end: at, track, ticks, durationTicks, isKeyframe, clusterStart });
    });
    const after = cluster.after.map(filler);
    after.forEach((part) => {
      starts.push(at);
      at += part.length;
    });
    body.push(clusterHead, ...content, ...after);
  }
  const segmentHead = wideElementHead(
    ID.segment,
    model.isSegmentSized ? at - ebml.length - segmentHeadBytes : "unknown",
  );
  return { bytes: concat(ebml, segmentHead, ...head, ...body), bodyStart, starts, blocks };
}

function infoElement(timestampScaleNs: number): Uint8Array {
  return element(
    ID.info,
    element(ID.timestampScale, uint(timestampScaleNs)),
    element(ID.void, new Uint8Array(3)),
  );
}

function tracksElement(tracks: readonly TrackModel[]): Uint8Array {
  const entries = tracks.map(({ number, isVideo, codecId }) =>
    element(
      ID.trackEntry,
      element(ID.trackNumber, uint(number)),
      element(ID.trackType, uint(isVideo ? 1 : 2)),
      element(ID.codecId, new TextEncoder().encode(codecId)),
      ...(isVideo
        ? [element(ID.video, element(ID.pixelWidth, uint(640)), element(ID.pixelHeight, uint(360)))]
        : []),
    ),
  );
  return element(ID.tracks, ...entries);
}

function encodeBlock(block: BlockModel): Uint8Array {
  const { track, relativeTicks, isKeyframe, dataBytes, flags, group } = block;
  const timestamp = uint(relativeTicks < 0 ? relativeTicks + 0x1_0000 : relativeTicks, 2);
  const keyFlag = group === null && isKeyframe ? 0x80 : 0;
  const data = new Uint8Array(dataBytes).fill(0xa3);
  const content = concat(uint(track | 0x80), timestamp, uint(keyFlag | flags), data);
  if (group === null) return element(ID.simpleBlock, content);
  const BLOCK_ADDITIONS = 0x75a1;
  return element(
    ID.blockGroup,
    element(BLOCK_ADDITIONS, new Uint8Array(group.additionBytes).fill(0xa1)),
    element(ID.block, content),
    ...(isKeyframe ? [] : [element(ID.referenceBlock, uint(33))]),
    ...(group.durationTicks === null ? [] : [element(ID.blockDuration, uint(group.durationTicks))]),
  );
}

function filler({ id, bytes, isWide }: FillerModel): Uint8Array {
  const data = new Uint8Array(bytes).fill(0x1f);
  return isWide ? concat(wideElementHead(id, bytes), data) : element(id, data);
}

const fillerOf = (...ids: number[]): fc.Arbitrary<FillerModel> =>
  fc.record({ id: fc.constantFrom(...ids), bytes: fc.nat({ max: 300 }), isWide: fc.boolean() });

const blockArbitrary = (track: number): fc.Arbitrary<BlockModel> =>
  fc.record({
    track: fc.constant(track),
    relativeTicks: fc.oneof(fc.integer({ min: -32_768, max: 32_767 }), fc.nat({ max: 5_000 })),
    isKeyframe: fc.boolean(),
    dataBytes: fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 20_000 })),
    // Lacing and the reserved bits say nothing to us.
    flags: fc.nat({ max: 0x7f }),
    group: fc.option(
      fc.record({
        durationTicks: fc.option(fc.nat({ max: 10_000 })),
        additionBytes: fc.nat({ max: 5_000 }),
      }),
    ),
  });

/** Any stream at all within the rules of WebM. */
export const streamArbitrary: fc.Arbitrary<StreamModel> = fc
  .constantFrom([VIDEO], [VIDEO, AUDIO], [AUDIO, VIDEO], [AUDIO])
  .chain((tracks) =>
    fc.record({
      tracks: fc.constant(tracks),
      timestampScaleNs: fc.constantFrom(1_000_000, 100_000, 1_000, 10_000_000),
      isSegmentSized: fc.boolean(),
      before: fc.array(fillerOf(ID.void, ID.tags, ID.seekHead, ID.cues, ID.crc32), {
        maxLength: 3,
      }),
      clusters: fc.array(
        fc.record({
          isSized: fc.boolean(),
          ticks: fc.oneof(fc.nat({ max: 100_000 }), fc.nat()),
          blocks: fc.array(
            fc.constantFrom(...tracks).chain((track) => blockArbitrary(track.number)),
            {
              maxLength: 8,
            },
          ),
          within: fc.array(fillerOf(ID.void, ID.crc32, 0x5854), { maxLength: 2 }),
          after: fc.array(fillerOf(ID.void, ID.tags, ID.cues, ID.seekHead, ID.crc32), {
            maxLength: 2,
          }),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    }),
  );
