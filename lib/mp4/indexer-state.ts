import type { Cue } from "@/lib/media/cue-list";
import type { StreamPlace } from "@/lib/media/element-stream";
import type { TrackRun } from "./fragment";

/** A `moof` with more than this is no recorder's: it would describe some ten thousand frames. */
export const MAX_MOOF_BYTES = 131_072;

/** Everything the indexer knows between two chunks. The body starts with the first `moof`. */
export interface IndexerState extends StreamPlace {
  /** The data of the boxes before the first fragment that are kept, once whole. */
  head: { ftyp: Uint8Array | null; moov: Uint8Array | null };
  /** Where the last `moof` starts; null before the first. */
  moofStart: number | null;
  /** The fragment whose last sample has not come. */
  fragment: OpenFragment | null;
  /** Where each track's whole fragments end, in its own ticks, by track. */
  ends: Map<number, number>;
  /** Position after the last whole fragment; null before the first. */
  fragmentEnd: number | null;
  gapTicks: number;
  cues: Cue[];
}

export interface OpenFragment {
  readonly start: number;
  /** Position after its last sample. */
  readonly end: number;
  readonly runs: readonly TrackRun[];
}

export function freshState(): IndexerState {
  return {
    position: 0,
    pending: new Uint8Array(0),
    skipUntil: 0,
    collecting: null,
    bodyStart: null,
    head: { ftyp: null, moov: null },
    moofStart: null,
    fragment: null,
    ends: new Map(),
    fragmentEnd: null,
    gapTicks: 1,
    cues: [],
  };
}
