import { concat } from "@/lib/media/concat";
import { MediaError } from "@/lib/media/media-error";
import { children, type Element, ID, stringOf, uintOf } from "./ebml";

/** The elements before the first Cluster that matter, as the client sent them. */
export interface HeadParts {
  /** The EBML element's data. */
  readonly ebml: Uint8Array;
  /** The Info element's data. */
  readonly info: Uint8Array;
  /** The Tracks element's data. */
  readonly tracks: Uint8Array;
}

/** What the stream says of itself before the first Cluster. */
export interface StreamHead {
  readonly parts: HeadParts;
  /** Info's children without those that sealing replaces. */
  readonly infoWithoutDuration: Uint8Array;
  /** Nanoseconds in a tick; timestamps and durations of a Segment count ticks (RFC 9559 §5.1.2.9). */
  readonly timestampScaleNs: number;
  readonly tracks: ReadonlyMap<number, Track>;
  /** The track whose keyframes are seek targets: the first video track, else the first track. */
  readonly cueTrack: number;
  /** As in a MIME type's `codecs` parameter, video first. */
  readonly codec: string;
  /** Pixels; 0 without video. */
  readonly width: number;
  readonly height: number;
}

export interface Track {
  readonly number: number;
  readonly isVideo: boolean;
  readonly codec: string;
  /** Null when the stream does not say. */
  readonly frameNs: number | null;
  readonly width: number;
  readonly height: number;
}

const VIDEO_TRACK_TYPE = 1;
/** Width and height of VP8 are 14 bits, of VP9 and AV1 16 bits. */
const MAX_PIXELS = 65_536;
const DEFAULT_TIMESTAMP_SCALE_NS = 1_000_000;

/**
 * Checks the EBML header's data: other document types, and ids or sizes longer than Matroska allows
 * (RFC 9559 §4.5), are not WebM. @throws MediaError `unknown_format`
 */
export function checkEbmlHeader(data: Uint8Array): void {
  let docType = "";
  for (const child of children(data)) {
    if (child.id === ID.docType) docType = stringOf(child);
    const tooLong =
      (child.id === ID.ebmlMaxIdLength && uintOf(child) !== 4) ||
      (child.id === ID.ebmlMaxSizeLength && (uintOf(child) < 1 || uintOf(child) > 8));
    if (tooLong)
      throw new MediaError(
        "unknown_format",
        "The file uses EBML in a way that WebM does not allow.",
      );
  }
  if (docType !== "webm") throw new MediaError("unknown_format", "The file is not a WebM file.");
}

/** @throws MediaError `unknown_format` without tracks, `corrupt` when an element is damaged */
export function parseStreamHead(parts: HeadParts): StreamHead {
  let timestampScaleNs = DEFAULT_TIMESTAMP_SCALE_NS;
  const kept: Uint8Array[] = [];
  for (const child of children(parts.info)) {
    if (child.id === ID.timestampScale) timestampScaleNs = uintOf(child);
    // A checksum of Info would be wrong once Duration is in it.
    if (child.id !== ID.duration && child.id !== ID.crc32 && child.id !== ID.void)
      kept.push(child.raw);
  }
  if (timestampScaleNs === 0)
    throw new MediaError("corrupt", "The recording's clock stands still.");

  const tracks = [...children(parts.tracks)].filter((c) => c.id === ID.trackEntry).map(parseTrack);
  const video = tracks.find((track) => track.isVideo);
  const cueTrack = video ?? tracks[0];
  if (cueTrack === undefined)
    throw new MediaError("unknown_format", "The file has neither video nor audio.");
  const videoFirst = [...tracks].sort((a, b) => Number(b.isVideo) - Number(a.isVideo));
  return {
    parts,
    infoWithoutDuration: concat(...kept),
    timestampScaleNs,
    tracks: new Map(tracks.map((track) => [track.number, track])),
    cueTrack: cueTrack.number,
    codec: [...new Set(videoFirst.map((track) => track.codec))].join(","),
    width: video?.width ?? 0,
    height: video?.height ?? 0,
  };
}

function parseTrack(entry: Element): Track {
  let number = 0;
  let isVideo = false;
  let codec = "";
  let frameNs: number | null = null;
  let size = { width: 0, height: 0 };
  for (const child of children(entry.data)) {
    if (child.id === ID.trackNumber) number = uintOf(child);
    if (child.id === ID.trackType) isVideo = uintOf(child) === VIDEO_TRACK_TYPE;
    if (child.id === ID.codecId) codec = codecName(stringOf(child));
    if (child.id === ID.defaultDuration) frameNs = uintOf(child);
    if (child.id === ID.video) size = parsePixels(child);
  }
  return { number, isVideo, codec, frameNs, ...size };
}

function parsePixels(video: Element): { width: number; height: number } {
  let width = 0;
  let height = 0;
  for (const child of children(video.data)) {
    if (child.id === ID.pixelWidth) width = uintOf(child);
    if (child.id === ID.pixelHeight) height = uintOf(child);
  }
  if (width > MAX_PIXELS || height > MAX_PIXELS) {
    throw new MediaError("corrupt", "The recording claims an impossible picture size.");
  }
  return { width, height };
}

/** `V_VP9` → `vp9`, `A_OPUS` → `opus` (the names browsers use in `codecs`). */
function codecName(codecId: string): string {
  return codecId.replace(/^[AVS]_/, "").toLowerCase();
}
