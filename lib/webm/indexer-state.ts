import type { Cue } from "./cue-list";

/** The file's first bytes, which are rewritten at the end; the first Cluster starts after them. */
export const RESERVED_HEADER_BYTES = 65_536;

/**
 * Everything the indexer knows between two chunks. Positions count the bytes of the client's stream
 * from its start, and are turned into file positions only on the way out.
 */
export interface IndexerState {
  /** Of the next byte that is not yet understood. */
  position: number;
  /** The bytes from `position` on: the beginning of an element, too short to understand. */
  pending: Uint8Array;
  /** Bytes before this position are data that need not be looked at. */
  skipUntil: number;
  /** The data of the elements before the first Cluster that are kept, once whole. */
  head: { ebml: Uint8Array | null; info: Uint8Array | null; tracks: Uint8Array | null };
  /** One of those on its way: `bytes` has the element's size, `filled` of them have come. */
  collecting: { id: number; bytes: Uint8Array; filled: number } | null;
  /** Null before the Segment. */
  segment: Extent | null;
  /** Where the first Cluster starts; null before it. */
  bodyStart: number | null;
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

/** Where a byte of the stream is in the file. The first Cluster follows the reserved header. */
export function filePosition(state: IndexerState, sourcePosition: number): number {
  return RESERVED_HEADER_BYTES + sourcePosition - (state.bodyStart ?? sourcePosition);
}
