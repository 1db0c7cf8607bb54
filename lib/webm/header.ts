import { concat } from "@/lib/media/concat";
import { type CueList, thin } from "@/lib/media/cue-list";
import { MediaError, noMedia } from "@/lib/media/media-error";
import { RESERVED_HEADER_BYTES, type SealedHeader } from "@/lib/media/media-indexer";
import {
  element,
  float64,
  ID,
  uint,
  uintLength,
  wideElementHead,
  writeSmallHead,
  writeSmallUint,
} from "./ebml";
import type { MediaIndex } from "./indexer";
import type { StreamHead } from "./stream-head";

/** A Void element of at least this size can be made to fill any gap. */
const MIN_VOID_BYTES = 9;

/**
 * The header of a file that is still growing: playable from its start, without duration or cues.
 * @throws MediaError `no_media` before the first Cluster
 */
export function liveHeader(index: MediaIndex | null): Uint8Array {
  if (index === null) throw noMedia();
  const { head } = index;
  return padded(
    concat(
      element(ID.ebml, head.parts.ebml),
      wideElementHead(ID.segment, "unknown"),
      element(ID.info, head.infoWithoutDuration),
      element(ID.tracks, head.parts.tracks),
    ),
  );
}

/**
 * The header of the finished file (RFC 9559 §5.1): size, duration and a SeekHead that leads to Info, Tracks
 * and Cues, all within the reserved bytes. The same stream always gives the same bytes. Cues that do not
 * fit are thinned evenly. The Segment's size stays unknown when a Cluster's is, as in every browser's
 * recording, or when the last Cluster promises more than has come: players complain of a child that may
 * be longer than its parent, and Clusters are never rewritten.
 * @throws MediaError `no_media` before the first whole block
 */
export function sealedHeader(index: MediaIndex | null, blockEnd: number): SealedHeader {
  if (index === null || index.endTicks === null) throw noMedia();
  const { head, endTicks } = index;

  const ebml = element(ID.ebml, head.parts.ebml);
  const segmentStart = ebml.length + wideElementHead(ID.segment, "unknown").length;
  const info = element(ID.info, head.infoWithoutDuration, element(ID.duration, float64(endTicks)));
  const tracks = element(ID.tracks, head.parts.tracks);
  const segmentSize = index.isSized ? blockEnd - segmentStart : "unknown";
  const seek = seekHead(info.length, tracks.length, index.cues.cues.length > 0);
  const beforeCues = concat(ebml, wideElementHead(ID.segment, segmentSize), seek, info, tracks);
  const roomForCues = RESERVED_HEADER_BYTES - beforeCues.length - MIN_VOID_BYTES;
  return {
    header: padded(concat(beforeCues, fittingCues(index, segmentStart, roomForCues))),
    endPosition: blockEnd,
    durationMs: Math.round((endTicks * head.timestampScaleNs) / 1e6),
    codec: head.codec,
    width: head.width,
    height: head.height,
  };
}

/** SeekHead, Info, Tracks and Cues follow each other; positions count from the Segment's data (§5.1.1). */
function seekHead(infoBytes: number, tracksBytes: number, hasCues: boolean): Uint8Array {
  const entry = (id: number, position: number) =>
    element(ID.seek, element(ID.seekId, uint(id)), element(ID.seekPosition, uint(position, 4)));
  const at = (start: number) =>
    element(
      ID.seekHead,
      entry(ID.info, start),
      entry(ID.tracks, start + infoBytes),
      ...(hasCues ? [entry(ID.cues, start + infoBytes + tracksBytes)] : []),
    );
  return at(at(0).length);
}

/** Empty when there is nowhere to seek to: Cues may not be empty (§5.1.5). */
function fittingCues({ cues, head }: MediaIndex, segmentStart: number, room: number): Uint8Array {
  if (cues.cues.length === 0) return new Uint8Array(0);
  let list = cues;
  let encoded = encodeCues(list, head, segmentStart);
  while (encoded.length > room) {
    list = thin(list);
    encoded = encodeCues(list, head, segmentStart);
  }
  return encoded;
}

/** Two heads of 2 bytes, then time, track and position: 2 bytes each and at most 8 of value. */
const MAX_CUE_POINT_BYTES = 34;

/** Written in place: there are thousands, and sealing may not take longer because of them. */
function encodeCues(list: CueList, head: StreamHead, segmentStart: number): Uint8Array {
  const points = new Uint8Array(list.cues.length * MAX_CUE_POINT_BYTES);
  let at = 0;
  for (const { ticks, position } of list.cues) {
    const clusterPosition = position - segmentStart;
    const positionsSize = 4 + uintLength(head.cueTrack) + uintLength(clusterPosition);
    at = writeSmallHead(points, at, ID.cuePoint, 2 + uintLength(ticks) + 2 + positionsSize);
    at = writeSmallUint(points, at, ID.cueTime, ticks);
    at = writeSmallHead(points, at, ID.cueTrackPositions, positionsSize);
    at = writeSmallUint(points, at, ID.cueTrack, head.cueTrack);
    at = writeSmallUint(points, at, ID.cueClusterPosition, clusterPosition);
  }
  return element(ID.cues, points.subarray(0, at));
}

/** Fills up to the reserved size with a Void element (RFC 8794 §11.3.2). */
function padded(header: Uint8Array): Uint8Array {
  const gap = RESERVED_HEADER_BYTES - header.length;
  const head = wideElementHead(ID.void, Math.max(0, gap - MIN_VOID_BYTES));
  if (gap < head.length) {
    throw new MediaError(
      "header_too_large",
      "The recording's header does not fit the reserved bytes.",
    );
  }
  return concat(header, head, new Uint8Array(gap - head.length));
}
