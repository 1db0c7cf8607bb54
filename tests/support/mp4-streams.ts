import fc from "fast-check";
import { concat } from "@/lib/media/concat";
import { box, fourCc, TYPE, uint16, uint32, uint64 } from "@/lib/mp4/boxes";

/** A stream of fragmented MP4 to be made up, in the ways that recorders and other tools differ. */
export interface Mp4Model {
  readonly tracks: readonly TrackModel[];
  /** Boxes of no use to us, before the `moov`. */
  readonly before: readonly FillerModel[];
  readonly fragments: readonly FragmentModel[];
}

export interface TrackModel {
  readonly id: number;
  readonly isVideo: boolean;
  readonly timescale: number;
  /** Boxes in their 64-bit form. */
  readonly isWide: boolean;
}

export interface FragmentModel {
  readonly parts: readonly PartModel[];
  /** The `mdat` with a `largesize`. */
  readonly isLarge: boolean;
  /** Bytes in the `mdat` after the last sample. */
  readonly slackBytes: number;
  /** Boxes of no use to us, before the `moof`, and between it and its `mdat`. */
  readonly before: readonly FillerModel[];
  readonly within: readonly FillerModel[];
}

/** One track's part of a fragment. */
export interface PartModel {
  readonly trackId: number;
  /** Null for none: it follows the part before it. */
  readonly ticks: number | null;
  readonly samples: readonly SampleModel[];
  /** Sizes, durations and flags for each sample; else all are like the first, said in `tfhd`. */
  readonly saysEach: boolean;
}

export interface SampleModel {
  readonly ticks: number;
  readonly bytes: number;
  readonly isKeyframe: boolean;
}

export interface FillerModel {
  readonly name: string;
  readonly bytes: number;
}

export interface BuiltMp4 {
  readonly bytes: Uint8Array;
  /** Where the first `moof` starts. */
  readonly bodyStart: number;
  readonly fragments: readonly BuiltFragment[];
}

export interface BuiltFragment {
  /** Position in `bytes` of its `moof`, and after its `mdat`. */
  readonly start: number;
  readonly end: number;
  /** Its tracks that have samples in it, in their own ticks. */
  readonly parts: readonly {
    trackId: number;
    startTicks: number;
    endTicks: number;
    isKey: boolean;
  }[];
}

export const VIDEO: TrackModel = { id: 1, isVideo: true, timescale: 30_000, isWide: true };
export const AUDIO: TrackModel = { id: 2, isVideo: false, timescale: 48_000, isWide: false };

/** Builds the stream, and says independently of the indexer what is where. */
export function buildMp4(model: Mp4Model): BuiltMp4 {
  const head = concat(
    box(TYPE.ftyp, uint32(fourCc("isom")), uint32(0x200), uint32(fourCc("avc1"))),
    ...model.before.map(filler),
    movie(model.tracks),
  );
  const body: Uint8Array[] = [];
  const fragments: BuiltFragment[] = [];
  const ends = new Map<number, number>();
  let at = head.length;
  let bodyStart: number | null = null;
  for (const fragment of model.fragments) {
    const before = concat(...fragment.before.map(filler));
    const within = concat(...fragment.within.map(filler));
    const { moof, mdat } = encodeFragment(fragment, within.length);
    const start = at + before.length;
    bodyStart ??= start;
    at = start + moof.length + within.length + mdat.length;
    body.push(before, moof, within, mdat);
    const parts = fragment.parts.map((part) => {
      const { trackId } = part;
      const startTicks = part.ticks ?? ends.get(trackId) ?? 0;
      const endTicks = part.samples.reduce((sum, _, i) => sum + like(part, i).ticks, startTicks);
      if (hasSamples(part)) ends.set(trackId, Math.max(endTicks, ends.get(trackId) ?? 0));
      return { trackId, startTicks, endTicks, isKey: part.samples[0]?.isKeyframe === true };
    });
    fragments.push({
      start,
      end: at,
      parts: parts.filter((_, i) => hasSamples(fragment.parts[i])),
    });
  }
  return { bytes: concat(head, ...body), bodyStart: bodyStart ?? head.length, fragments };
}

const hasSamples = (part: PartModel | undefined) => (part?.samples.length ?? 0) > 0;

/** The sample that stands for number `i` of the part. */
function like(part: PartModel, i: number): SampleModel {
  const sample = part.saysEach ? part.samples[i] : part.samples[0];
  return sample ?? { ticks: 0, bytes: 0, isKeyframe: false };
}

function movie(tracks: readonly TrackModel[]): Uint8Array {
  const extends_ = tracks.map(({ id }) =>
    box(fourCc("trex"), uint32(0), uint32(id), uint32(1), uint32(0), uint32(0), uint32(0)),
  );
  return box(
    TYPE.moov,
    box(TYPE.mvhd, times(false), uint32(1_000), uint32(0), new Uint8Array(80)),
    ...tracks.map(trak),
    box(TYPE.mvex, ...extends_),
  );
}

/** Version and flags, creation and modification time. */
function times(isWide: boolean): Uint8Array {
  return concat(uint32(isWide ? 0x0100_0000 : 0), new Uint8Array(isWide ? 16 : 8));
}

function trak({ id, isVideo, timescale, isWide }: TrackModel): Uint8Array {
  const duration = isWide ? uint64(7) : uint32(7);
  const entry = isVideo
    ? box(
        fourCc("avc1"),
        concat(new Uint8Array(24), uint16(640), uint16(360), new Uint8Array(50)),
        box(fourCc("avcC"), Uint8Array.of(1, 0x42, 0xe0, 0x1f, 0xff)),
      )
    : box(fourCc("Opus"), new Uint8Array(28));
  const samples = box(TYPE.stbl, box(TYPE.stsd, uint32(0), uint32(1), entry));
  const kind = uint32(fourCc(isVideo ? "vide" : "soun"));
  return box(
    TYPE.trak,
    box(TYPE.tkhd, times(isWide), uint32(id), uint32(0), duration, new Uint8Array(60)),
    box(
      TYPE.mdia,
      box(TYPE.mdhd, times(isWide), uint32(timescale), duration, uint32(0)),
      box(TYPE.hdlr, uint32(0), uint32(0), kind, new Uint8Array(13)),
      box(TYPE.minf, samples),
    ),
  );
}

const KEYFRAME = 0x0200_0000;
const OTHER_FRAME = 0x0101_0000;
const flagsOf = (sample: SampleModel) => uint32(sample.isKeyframe ? KEYFRAME : OTHER_FRAME);

function encodeFragment(fragment: FragmentModel, withinBytes: number) {
  const sampleBytes = fragment.parts.map((part) =>
    part.samples.reduce((sum, _, i) => sum + like(part, i).bytes, 0),
  );
  const total = sampleBytes.reduce((sum, bytes) => sum + bytes, 0) + fragment.slackBytes;
  const mdatHead = fragment.isLarge
    ? concat(uint32(1), uint32(TYPE.mdat), uint64(total + 16))
    : concat(uint32(total + 8), uint32(TYPE.mdat));
  const moofWith = (offsets: readonly number[]) =>
    box(
      TYPE.moof,
      box(fourCc("mfhd"), uint32(0), uint32(1)),
      ...fragment.parts.map((part, i) => trackFragment(part, offsets[i] ?? 0)),
    );
  const { length } = moofWith([]);
  const offsets: number[] = [];
  sampleBytes.reduce(
    (at, bytes) => {
      offsets.push(at);
      return at + bytes;
    },
    length + withinBytes + mdatHead.length,
  );
  // The type of a box, so that what is taken for a header behind a wrong step looks like one.
  const data = new Uint8Array(total).fill(0x6d);
  return { moof: moofWith(offsets), mdat: concat(mdatHead, data) };
}

function trackFragment(part: PartModel, dataOffset: number): Uint8Array {
  const { trackId, ticks, samples, saysEach } = part;
  const first = like(part, 0);
  const like1 = concat(uint32(first.ticks), uint32(first.bytes), flagsOf(first));
  const tfhd = saysEach
    ? box(TYPE.tfhd, uint32(0x2_0000), uint32(trackId))
    : box(TYPE.tfhd, uint32(0x2_0038), uint32(trackId), like1);
  const each = samples.map((s) => concat(uint32(s.ticks), uint32(s.bytes), flagsOf(s)));
  const count = uint32(samples.length);
  const offset = uint32(dataOffset);
  const trun = saysEach
    ? box(TYPE.trun, uint32(0x701), count, offset, ...each)
    : box(TYPE.trun, uint32(0x1), count, offset);
  const tfdt = ticks === null ? [] : [box(TYPE.tfdt, uint32(0x0100_0000), uint64(ticks))];
  return box(TYPE.traf, tfhd, ...tfdt, trun);
}

function filler({ name, bytes }: FillerModel): Uint8Array {
  return box(fourCc(name), new Uint8Array(bytes));
}

const fillerOf = (...names: string[]): fc.Arbitrary<FillerModel> =>
  fc.record({ name: fc.constantFrom(...names), bytes: fc.nat({ max: 300 }) });

const sampleArbitrary: fc.Arbitrary<SampleModel> = fc.record({
  ticks: fc.nat({ max: 100_000 }),
  bytes: fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 5_000 })),
  isKeyframe: fc.boolean(),
});

const partArbitrary = (trackId: number): fc.Arbitrary<PartModel> =>
  fc.record({
    trackId: fc.constant(trackId),
    ticks: fc.option(fc.oneof(fc.nat({ max: 1_000_000 }), fc.nat())),
    samples: fc.array(sampleArbitrary, { maxLength: 6 }),
    saysEach: fc.boolean(),
  });

/** Any stream at all that a recorder might send. */
export const mp4Arbitrary: fc.Arbitrary<Mp4Model> = fc
  .constantFrom<TrackModel[]>([VIDEO], [VIDEO, AUDIO], [AUDIO, VIDEO], [AUDIO])
  .chain((tracks) =>
    fc.record({
      tracks: fc.constant(tracks),
      before: fc.array(fillerOf("free", "skip", "uuid", "pdin"), { maxLength: 2 }),
      fragments: fc.array(
        fc.record({
          parts: fc
            .subarray(tracks, { minLength: 1 })
            .chain((own) => fc.tuple(...own.map((track) => partArbitrary(track.id)))),
          isLarge: fc.boolean(),
          slackBytes: fc.constantFrom(0, 0, 17),
          before: fc.array(fillerOf("styp", "sidx", "free", "emsg", "uuid"), { maxLength: 2 }),
          within: fc.array(fillerOf("free", "wide"), { maxLength: 1 }),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    }),
  );
