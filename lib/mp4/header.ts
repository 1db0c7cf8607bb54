import { concat } from "@/lib/media/concat";
import { type CueList, thin } from "@/lib/media/cue-list";
import { MediaError, noMedia } from "@/lib/media/media-error";
import { RESERVED_HEADER_BYTES, type SealedHeader } from "@/lib/media/media-indexer";
import { type Box, box, children, TYPE, uint16, uint32, uint64 } from "./boxes";
import type { MediaIndex } from "./indexer";
import { type StreamHead, trackIdOf } from "./stream-head";

const EMPTY = new Uint8Array(0);

/** A `free` box without data. */
const MIN_FREE_BYTES = 8;

/**
 * The header of a file that is still growing: playable from its start, without duration or index.
 * @throws MediaError `no_media` before the first fragment
 */
export function liveHeader(index: MediaIndex | null): Uint8Array {
  if (index === null) throw noMedia();
  return padded(beginning(index.head, null), EMPTY);
}

/**
 * The header of the finished file: durations in every box that has one, and a `sidx` right before the fragments
 * that leads to each, all within the reserved bytes. The same stream always gives the same bytes.
 * @throws MediaError `no_media` before the first whole fragment
 */
export function sealedHeader(index: MediaIndex | null, blockEnd: number): SealedHeader {
  if (index === null || index.ends.size === 0) throw noMedia();
  const { head, endMs } = index;
  const start = beginning(head, index);
  const room = RESERVED_HEADER_BYTES - start.length - MIN_FREE_BYTES;
  return {
    header: padded(start, fittingSegmentIndex(index, blockEnd, room)),
    endPosition: blockEnd,
    durationMs: Math.round(endMs),
    codec: head.codec,
    width: head.width,
    height: head.height,
  };
}

/** `ftyp` and `moov`; `lengths` null leaves the durations at zero, which says that nobody knows them yet. */
function beginning({ parts, timescale }: StreamHead, lengths: MediaIndex | null): Uint8Array {
  const movieTicks = (milliseconds: number) => Math.round((milliseconds * timescale) / 1_000);
  const wholeTicks = movieTicks(lengths?.endMs ?? 0);
  const moov = rewritten(parts.moov, (child) => {
    if (child.type === TYPE.mvhd) return withDuration(child, wholeTicks);
    if (child.type === TYPE.mvex) return withMovieDuration(child, lengths && wholeTicks);
    if (child.type !== TYPE.trak) return child.raw;
    const trackId = trackIdOf(child.data);
    const endTicks = lengths?.ends.get(trackId) ?? 0;
    const trackTimescale = lengths?.head.tracks.get(trackId)?.timescale ?? 1;
    return withTrackDuration(child, endTicks, movieTicks((endTicks * 1_000) / trackTimescale));
  });
  return concat(box(TYPE.ftyp, parts.ftyp), box(TYPE.moov, moov));
}

/** In the track's own ticks, and in those of the movie. */
function withTrackDuration(trak: Box, ownTicks: number, movieTicks: number): Uint8Array {
  const data = rewritten(trak.data, (child) => {
    if (child.type === TYPE.tkhd) return withDuration(child, movieTicks);
    if (child.type !== TYPE.mdia) return child.raw;
    const media = rewritten(child.data, (inner) =>
      inner.type === TYPE.mdhd ? withDuration(inner, ownTicks) : inner.raw,
    );
    return box(TYPE.mdia, media);
  });
  return box(TYPE.trak, data);
}

/** A `mehd` that tells the length with all fragments (§8.8.2); none for null. */
function withMovieDuration(mvex: Box, movieTicks: number | null): Uint8Array {
  const others = rewritten(mvex.data, ({ type, raw }) => (type === TYPE.mehd ? EMPTY : raw));
  if (movieTicks === null) return box(TYPE.mvex, others);
  const mehd = box(TYPE.mehd, uint32(VERSION_1), uint64(movieTicks));
  return box(TYPE.mvex, mehd, others);
}

function rewritten(data: Uint8Array, change: (child: Box) => Uint8Array): Uint8Array {
  return concat(...[...children(data)].map(change));
}

/** The byte of a full box that says how wide its fields are, in place, with no flags. */
const VERSION_1 = 0x0100_0000;

/** Where `duration` is in `mvhd` and `mdhd`; `tkhd` has another field before it. Times come first (§8.2.2, §8.3.2). */
function durationOffset(type: number, isVersion1: boolean): number {
  const afterTimes = isVersion1 ? 4 + 16 : 4 + 8;
  return afterTimes + (type === TYPE.tkhd ? 8 : 4);
}

/**
 * An `mvhd`, `tkhd` or `mdhd` with its duration. Recorders leave zero there, or the length of the first
 * fragment. One too long for 32 bits becomes all ones: it cannot be told (§8.2.2.3).
 */
function withDuration({ type, data }: Box, ticks: number): Uint8Array {
  const isVersion1 = data[0] === 1;
  const at = durationOffset(type, isVersion1);
  const duration = isVersion1 ? uint64(ticks) : uint32(Math.min(ticks, 0xffff_ffff));
  if (at + duration.length > data.length) {
    throw new MediaError("corrupt", "The recording's stream has a damaged header.");
  }
  const changed = data.slice();
  changed.set(duration, at);
  return box(type, changed);
}

/** Empty when there is nowhere to seek to, or when the format cannot say where. */
function fittingSegmentIndex(index: MediaIndex, blockEnd: number, room: number): Uint8Array {
  let list = index.cues;
  let encoded = segmentIndex(list, index, blockEnd);
  while (encoded.length > room && list.cues.length > 1) {
    list = thin(list);
    encoded = segmentIndex(list, index, blockEnd);
  }
  return encoded.length <= room ? encoded : EMPTY;
}

const REFERENCE_BYTES = 12;
/** It starts with a keyframe that can be decoded by itself: `starts_with_SAP`, and type 1. */
const STARTS_WITH_KEYFRAME = 0x9000_0000;
const MAX_REFERENCED_BYTES = 0x7fff_ffff;
const MAX_REFERENCED_TICKS = 0xffff_ffff;

/**
 * A `sidx` (§8.16.3) right before the fragments: one reference for each cue, which lasts until the next. What
 * comes before the first cue is passed over. Empty without cues, and when a reference is too large to be told.
 */
function segmentIndex({ cues }: CueList, { head, ends }: MediaIndex, blockEnd: number): Uint8Array {
  const { id, timescale } = head.cueTrack;
  const [first] = cues;
  if (first === undefined) return EMPTY;
  const end = { ticks: ends.get(id) ?? 0, position: blockEnd };
  const references = new DataView(new ArrayBuffer(cues.length * REFERENCE_BYTES));
  for (const [i, cue] of cues.entries()) {
    const next = cues[i + 1] ?? end;
    const sizeBytes = next.position - cue.position;
    const ticks = Math.max(0, next.ticks - cue.ticks);
    if (sizeBytes > MAX_REFERENCED_BYTES || ticks > MAX_REFERENCED_TICKS) return EMPTY;
    references.setUint32(i * REFERENCE_BYTES, sizeBytes);
    references.setUint32(i * REFERENCE_BYTES + 4, ticks);
    references.setUint32(i * REFERENCE_BYTES + 8, STARTS_WITH_KEYFRAME);
  }
  return box(
    TYPE.sidx,
    concat(uint32(VERSION_1), uint32(id), uint32(timescale)),
    concat(uint64(first.ticks), uint64(first.position - RESERVED_HEADER_BYTES)),
    concat(uint16(0), uint16(cues.length)),
    new Uint8Array(references.buffer),
  );
}

/** Fills up to the reserved size with a `free` box (§8.1.2), so that `end` is right before the fragments. */
function padded(start: Uint8Array, end: Uint8Array): Uint8Array {
  const gap = RESERVED_HEADER_BYTES - start.length - end.length - MIN_FREE_BYTES;
  if (gap < 0) {
    throw new MediaError(
      "header_too_large",
      "The recording's header does not fit the reserved bytes.",
    );
  }
  return concat(start, box(TYPE.free, new Uint8Array(gap)), end);
}
