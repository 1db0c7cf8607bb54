import { MediaError } from "@/lib/media/media-error";
import { type Box, children, Fields, find, fourCc, TYPE } from "./boxes";
import { audioCodecName, videoCodecName } from "./codec-name";

/** The boxes before the first fragment that matter, as the client sent them. */
export interface HeadParts {
  /** The `ftyp` box's data. */
  readonly ftyp: Uint8Array;
  /** The `moov` box's data. */
  readonly moov: Uint8Array;
}

/** What the stream says of itself before the first fragment. */
export interface StreamHead {
  readonly parts: HeadParts;
  /** Ticks in a second of the movie's own clock. */
  readonly timescale: number;
  readonly tracks: ReadonlyMap<number, Track>;
  /** The track whose keyframes are seek targets: the first video track, else the first track. */
  readonly cueTrack: Track;
  /** As in a MIME type's `codecs` parameter, video first. */
  readonly codec: string;
  /** Pixels; 0 without video. */
  readonly width: number;
  readonly height: number;
}

export interface Track {
  readonly id: number;
  readonly isVideo: boolean;
  readonly codec: string;
  /** Ticks in a second. */
  readonly timescale: number;
  readonly width: number;
  readonly height: number;
  readonly defaults: SampleDefaults;
}

/** What holds for a sample of which a fragment says nothing else (§8.8.3). */
export interface SampleDefaults {
  readonly durationTicks: number;
  readonly sizeBytes: number;
  readonly flags: number;
}

const VIDEO_HANDLER = fourCc("vide");
const AUDIO_HANDLER = fourCc("soun");
const NO_DEFAULTS: SampleDefaults = { durationTicks: 0, sizeBytes: 0, flags: 0 };

/**
 * Reads what a fragmented file says before its first fragment (§8.2, §8.8).
 * @throws MediaError `unknown_format` when it is no fragmented file or has no tracks, `corrupt` when it is damaged
 */
export function parseStreamHead(parts: HeadParts): StreamHead {
  const { moov } = parts;
  const extensions = find(moov, TYPE.mvex);
  if (extensions === null) throw notFragmented();
  const defaults = sampleDefaults(extensions);
  const tracks = [...children(moov)]
    .filter((child) => child.type === TYPE.trak)
    .map((trak) => parseTrack(trak, defaults))
    .filter((track) => track !== null);
  const video = tracks.find((track) => track.isVideo);
  const cueTrack = video ?? tracks[0];
  if (cueTrack === undefined) {
    throw new MediaError("unknown_format", "The file has neither video nor audio.");
  }
  const videoFirst = [...tracks].sort((a, b) => Number(b.isVideo) - Number(a.isVideo));
  return {
    parts,
    timescale: timescaleOf(required(find(moov, TYPE.mvhd))),
    tracks: new Map(tracks.map((track) => [track.id, track])),
    cueTrack,
    codec: [...new Set(videoFirst.map((track) => track.codec))].join(","),
    width: video?.width ?? 0,
    height: video?.height ?? 0,
  };
}

/** A track's number (§8.3.2). @throws MediaError `corrupt` */
export function trackIdOf(trak: Uint8Array): number {
  const fields = new Fields(required(find(trak, TYPE.tkhd)));
  const { version } = fields.versionAndFlags();
  return fields.skip(version === 1 ? 16 : 8).uint32();
}

/** By track, from each `trex` (§8.8.3). */
function sampleDefaults(extensions: Uint8Array): ReadonlyMap<number, SampleDefaults> {
  const found = new Map<number, SampleDefaults>();
  for (const { type, data } of children(extensions)) {
    if (type !== TYPE.trex) continue;
    const fields = new Fields(data).skip(4);
    const id = fields.uint32();
    const durationTicks = fields.skip(4).uint32();
    found.set(id, { durationTicks, sizeBytes: fields.uint32(), flags: fields.uint32() });
  }
  return found;
}

/** Null for a track that is neither picture nor sound, such as chapters. */
function parseTrack(
  { data: trak }: Box,
  defaults: ReadonlyMap<number, SampleDefaults>,
): Track | null {
  const media = required(find(trak, TYPE.mdia));
  const samples = required(find(media, TYPE.minf, TYPE.stbl));
  if (hasSamples(samples)) throw notFragmented();
  const handler = new Fields(required(find(media, TYPE.hdlr))).skip(8).uint32();
  if (handler !== VIDEO_HANDLER && handler !== AUDIO_HANDLER) return null;
  const isVideo = handler === VIDEO_HANDLER;
  const id = trackIdOf(trak);
  return {
    id,
    isVideo,
    timescale: timescaleOf(required(find(media, TYPE.mdhd))),
    defaults: defaults.get(id) ?? NO_DEFAULTS,
    ...parseSampleEntry(required(find(samples, TYPE.stsd)), isVideo),
  };
}

/** Samples that the `moov` itself points to are at absolute positions, which do not hold in our file. */
function hasSamples(samples: Uint8Array): boolean {
  const sizes = find(samples, TYPE.stsz) ?? find(samples, TYPE.stz2);
  return sizes !== null && new Fields(sizes).skip(8).uint32() > 0;
}

/** The first sample entry: §12.1.3 for video, §12.2.3 for audio. */
function parseSampleEntry(descriptions: Uint8Array, isVideo: boolean) {
  const [entry] = children(descriptions.subarray(8));
  if (entry === undefined) throw damagedHead();
  if (!isVideo) return { codec: audioCodecName(entry.type), width: 0, height: 0 };
  const fields = new Fields(entry.data).skip(24);
  const [width, height] = [fields.uint16(), fields.uint16()];
  return { codec: videoCodecName(entry.type, entry.data.subarray(78)), width, height };
}

/** Of an `mvhd` (§8.2.2) or an `mdhd` (§8.4.2), which begin alike. */
function timescaleOf(header: Uint8Array): number {
  const fields = new Fields(header);
  const { version } = fields.versionAndFlags();
  const timescale = fields.skip(version === 1 ? 16 : 8).uint32();
  if (timescale === 0) throw new MediaError("corrupt", "The recording's clock stands still.");
  return timescale;
}

function required(data: Uint8Array | null): Uint8Array {
  if (data === null) throw damagedHead();
  return data;
}

function damagedHead(): MediaError {
  return new MediaError("corrupt", "The recording's header lacks what every MP4 file says.");
}

/** What no fragmented file is or has. */
export function notFragmented(): MediaError {
  return new MediaError(
    "unknown_format",
    "The file is an MP4 file that was not recorded in fragments, so it cannot be taken in pieces.",
  );
}
