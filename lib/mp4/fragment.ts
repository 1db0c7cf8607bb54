import { MediaError } from "@/lib/media/media-error";
import { children, Fields, find, TYPE } from "./boxes";
import type { SampleDefaults, Track } from "./stream-head";

/** What a `moof` says of the samples that follow it. */
export interface Fragment {
  /** Bytes from the start of the `moof` to the end of its last sample. */
  readonly bytes: number;
  readonly runs: readonly TrackRun[];
}

/** One track's part of a fragment; never empty. Ticks count the track's own clock. */
export interface TrackRun {
  readonly trackId: number;
  /** When its first sample is shown. */
  readonly startTicks: number;
  /** When its last sample ends, by decode time. */
  readonly endTicks: number;
  readonly startsWithKeyframe: boolean;
}

/** Flags of `tfhd` (§8.8.7.1) and `trun` (§8.8.8.1). */
const BASE_DATA_OFFSET = 0x1;
const SAMPLE_DESCRIPTION = 0x2;
const DEFAULT_DURATION = 0x8;
const DEFAULT_SIZE = 0x10;
const DEFAULT_FLAGS = 0x20;
const BASE_IS_MOOF = 0x2_0000;
const DATA_OFFSET = 0x1;
const FIRST_SAMPLE_FLAGS = 0x4;
const SAMPLE_DURATION = 0x100;
const SAMPLE_SIZE = 0x200;
const SAMPLE_FLAGS = 0x400;
const SAMPLE_COMPOSITION = 0x800;

/** `sample_is_non_sync_sample` of a sample's flags (§8.8.3.1). */
const IS_NO_KEYFRAME = 0x1_0000;

/** What is being added up over the runs of one track fragment. */
interface Sum {
  ticks: number;
  /** Where the next run's data begins unless it says so, and where the furthest ends, from the `moof`. */
  dataAt: number;
  dataEnd: number;
  startTicks: number | null;
  startsWithKeyframe: boolean;
}

/**
 * Reads the data of a `moof` (§8.8.4). `endOf` tells where a track's last fragment ended, for one that does not
 * say when it starts. Fragments of tracks nobody announced are passed over.
 * @throws MediaError `corrupt` when it is damaged, `unknown_format` when its samples are at absolute positions
 */
export function parseFragment(
  moof: Uint8Array,
  tracks: ReadonlyMap<number, Track>,
  endOf: (trackId: number) => number,
): Fragment {
  const runs: TrackRun[] = [];
  let bytes = 0;
  for (const { type, data } of children(moof)) {
    if (type !== TYPE.traf) continue;
    const { trackId, defaults, startsAtMoof } = parseTrackHeader(data, tracks);
    const ticks = decodeTime(data) ?? runs.findLast((r) => r.trackId === trackId)?.endTicks;
    const dataAt = startsAtMoof ? 0 : bytes;
    const sum: Sum = {
      ticks: ticks ?? endOf(trackId),
      dataAt,
      dataEnd: dataAt,
      startTicks: null,
      startsWithKeyframe: false,
    };
    for (const child of children(data)) {
      if (child.type === TYPE.trun) addRun(child.data, defaults, dataAt, sum);
    }
    bytes = Math.max(bytes, sum.dataEnd);
    const { startTicks, startsWithKeyframe, ticks: endTicks } = sum;
    if (startTicks === null || !tracks.has(trackId)) continue;
    runs.push({ trackId, startTicks: Math.max(0, startTicks), endTicks, startsWithKeyframe });
  }
  if (!Number.isSafeInteger(bytes) || runs.some((run) => !Number.isSafeInteger(run.endTicks))) {
    throw new MediaError("corrupt", "The recording's stream has a number beyond all bounds.");
  }
  return { bytes, runs };
}

function parseTrackHeader(traf: Uint8Array, tracks: ReadonlyMap<number, Track>) {
  const data = find(traf, TYPE.tfhd);
  if (data === null) throw new MediaError("corrupt", "The recording has a damaged fragment.");
  const fields = new Fields(data);
  const { flags } = fields.versionAndFlags();
  if ((flags & BASE_DATA_OFFSET) !== 0) {
    throw new MediaError(
      "unknown_format",
      "The file's fragments say where they are in the file, so they cannot be taken in pieces.",
    );
  }
  const trackId = fields.uint32();
  if ((flags & SAMPLE_DESCRIPTION) !== 0) fields.skip(4);
  const track = tracks.get(trackId)?.defaults;
  const optional = (flag: number, otherwise = 0) =>
    (flags & flag) === 0 ? otherwise : fields.uint32();
  const defaults: SampleDefaults = {
    durationTicks: optional(DEFAULT_DURATION, track?.durationTicks),
    sizeBytes: optional(DEFAULT_SIZE, track?.sizeBytes),
    flags: optional(DEFAULT_FLAGS, track?.flags),
  };
  return { trackId, defaults, startsAtMoof: (flags & BASE_IS_MOOF) !== 0 };
}

/** When the first sample is decoded (§8.8.12); null when the fragment does not say. */
function decodeTime(traf: Uint8Array): number | null {
  const data = find(traf, TYPE.tfdt);
  if (data === null) return null;
  const fields = new Fields(data);
  const { version } = fields.versionAndFlags();
  return version === 1 ? fields.uint64() : fields.uint32();
}

/** Adds up one run of samples (§8.8.8). */
function addRun(trun: Uint8Array, defaults: SampleDefaults, base: number, sum: Sum): void {
  const fields = new Fields(trun);
  const { version, flags } = fields.versionAndFlags();
  const count = fields.uint32();
  if ((flags & DATA_OFFSET) !== 0) sum.dataAt = base + fields.int32();
  const firstFlags = (flags & FIRST_SAMPLE_FLAGS) === 0 ? null : fields.uint32();
  const field = (flag: number, otherwise: number) =>
    (flags & flag) === 0 ? otherwise : fields.uint32();
  const readSample = () => ({
    durationTicks: field(SAMPLE_DURATION, defaults.durationTicks),
    sizeBytes: field(SAMPLE_SIZE, defaults.sizeBytes),
    flags: field(SAMPLE_FLAGS, defaults.flags),
    shownAfterTicks:
      (flags & SAMPLE_COMPOSITION) === 0 ? 0 : version === 0 ? fields.uint32() : fields.int32(),
  });
  const saysMore = SAMPLE_DURATION | SAMPLE_SIZE | SAMPLE_FLAGS | SAMPLE_COMPOSITION;
  // Without fields of their own the samples are all alike, however many the run claims.
  const [steps, alike] = (flags & saysMore) === 0 ? [Math.min(count, 1), count] : [count, 1];
  for (let i = 0; i < steps; i += 1) {
    const sample = readSample();
    if (sum.startTicks === null) {
      sum.startTicks = sum.ticks + sample.shownAfterTicks;
      sum.startsWithKeyframe = ((firstFlags ?? sample.flags) & IS_NO_KEYFRAME) === 0;
    }
    sum.ticks += sample.durationTicks * alike;
    sum.dataAt += sample.sizeBytes * alike;
  }
  sum.dataEnd = Math.max(sum.dataEnd, sum.dataAt);
}
