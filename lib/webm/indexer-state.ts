import type { Cue } from "@/lib/media/cue-list";
import type { StreamPlace } from "@/lib/media/element-stream";

/** Everything the indexer knows between two chunks. The body starts with the first Cluster. */
export interface IndexerState extends StreamPlace {
  /** The data of the elements before the first Cluster that are kept, once whole. */
  head: { ebml: Uint8Array | null; info: Uint8Array | null; tracks: Uint8Array | null };
  /** Null before the Segment. */
  segment: Extent | null;
  cluster: OpenCluster | null;
  /** The SimpleBlock or BlockGroup whose last byte has not come. */
  block: OpenBlock | null;
  media: Media | null;
  gapTicks: number;
  cues: Cue[];
}

/** An element that holds others; `end` is null while only what follows can tell. */
export interface Extent {
  end: number | null;
}

export interface OpenCluster extends Extent {
  readonly start: number;
  ticks: number;
  isCued: boolean;
}

export interface OpenBlock {
  readonly end: number;
  /** Null until the Block inside a BlockGroup is reached. */
  header: { readonly track: number; readonly relativeTicks: number } | null;
  isKeyframe: boolean;
  durationTicks: number | null;
}

/** What the whole blocks so far amount to. */
export interface Media {
  /** Position after the last of them. */
  blockEnd: number;
  /** End of the Cluster it is in; null as soon as one Cluster of the stream did not tell its size. */
  clusterEnd: number | null;
  /** When the last of them stops being shown. */
  endTicks: number;
}

export function freshState(): IndexerState {
  return {
    position: 0,
    pending: new Uint8Array(0),
    skipUntil: 0,
    head: { ebml: null, info: null, tracks: null },
    collecting: null,
    segment: null,
    bodyStart: null,
    cluster: null,
    block: null,
    media: null,
    gapTicks: 1,
    cues: [],
  };
}
