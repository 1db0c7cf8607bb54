import { addCue, type CueList } from "@/lib/media/cue-list";
import { ElementStream, filePosition, type Understood } from "@/lib/media/element-stream";
import { MediaError } from "@/lib/media/media-error";
import {
  MAX_END_MS,
  MAX_HEAD_BYTES,
  type MediaIndexer,
  RESERVED_HEADER_BYTES,
  type SealedHeader,
} from "@/lib/media/media-indexer";
import { type BoxHeader, MAX_BOX_HEADER_BYTES, readBoxHeader, TYPE } from "./boxes";
import { parseFragment } from "./fragment";
import { liveHeader, sealedHeader } from "./header";
import { freshState, type IndexerState, MAX_MOOF_BYTES, type OpenFragment } from "./indexer-state";
import { decodeState, encodeState } from "./saved-state";
import { notFragmented, parseStreamHead, type StreamHead } from "./stream-head";

/** A stream of fragmented MP4 (ISO/IEC 14496-12 §8.8) with its index, which only this folder reads. */
export interface Mp4Indexer extends MediaIndexer {
  readonly format: "mp4";
  /** What a header is written from; null before the first fragment. */
  readonly index: MediaIndex | null;
}

export interface MediaIndex {
  readonly head: StreamHead;
  /** In ticks of the head's `cueTrack`; positions are those of a `moof`. */
  readonly cues: CueList;
  /** Where each track ends in its own ticks, by track; empty before the first whole fragment. */
  readonly ends: ReadonlyMap<number, number>;
  /** When the last of them ends. */
  readonly endMs: number;
}

/** An indexer for a new stream, or for the rest of one. @throws MediaError `corrupt` when `saved` is damaged */
export function createMp4Indexer(saved?: Uint8Array): Mp4Indexer {
  return new StreamIndexer(saved === undefined ? freshState() : decodeState(saved));
}

class StreamIndexer extends ElementStream<IndexerState> implements Mp4Indexer {
  readonly format = "mp4";
  #head: StreamHead | null = null;

  constructor(state: IndexerState) {
    super(state, MAX_BOX_HEADER_BYTES);
    if (state.head.moov !== null) this.#head = this.#parseHead();
  }

  get blockEnd(): number {
    const { fragmentEnd } = this.state;
    return fragmentEnd === null ? RESERVED_HEADER_BYTES : filePosition(this.state, fragmentEnd);
  }

  get hasMedia(): boolean {
    return this.state.fragmentEnd !== null;
  }

  get encodedMs(): number {
    const { ends } = this.state;
    let endMs = 0;
    for (const [trackId, ticks] of ends)
      endMs = Math.max(endMs, this.#milliseconds(trackId, ticks));
    return endMs;
  }

  get index(): MediaIndex | null {
    const { bodyStart, gapTicks, cues, ends } = this.state;
    if (this.#head === null || bodyStart === null) return null;
    return { head: this.#head, cues: { gapTicks, cues }, ends, endMs: this.encodedMs };
  }

  save(): Uint8Array {
    return encodeState(this.state);
  }

  liveHeader(): Uint8Array {
    return liveHeader(this.index);
  }

  sealedHeader(): SealedHeader {
    return sealedHeader(this.index, this.blockEnd);
  }

  protected override arrive(): void {
    const { fragment, position } = this.state;
    if (fragment !== null && position >= fragment.end) this.#finishFragment(fragment);
  }

  protected override readElement(bytes: Uint8Array, at: number): Understood {
    if (this.state.head.ftyp === null) expectFileType(bytes, at);
    const header = readBoxHeader(bytes, at);
    if (header === null) return null;
    switch (header.type) {
      case TYPE.ftyp:
      case TYPE.moov:
        return this.#keep(header);
      case TYPE.moof:
        return this.#startFragment(header);
      case TYPE.mdat:
        // What comes before the `moov`, or before any `moof`, only a file in one piece can refer to.
        if (this.state.bodyStart === null) throw notFragmented();
        return this.#skip(header);
      default:
        return this.#skip(header);
    }
  }

  #keep(header: BoxHeader): Understood {
    const { head } = this.state;
    if (header.type === TYPE.ftyp ? head.ftyp !== null : head.moov !== null) {
      throw new MediaError("corrupt", "A second recording starts inside the first.");
    }
    if ((head.ftyp?.length ?? 0) + header.dataBytes > MAX_HEAD_BYTES) {
      throw new MediaError("header_too_large", "The recording's header is larger than 60 KiB.");
    }
    this.startCollecting(header.type, header.dataBytes);
    return header.headerBytes;
  }

  #startFragment(header: BoxHeader): Understood {
    const { state } = this;
    if (this.#head === null) throw notFragmented();
    if (state.fragment !== null) {
      throw new MediaError("corrupt", "The recording's stream lacks a part of a fragment.");
    }
    if (header.dataBytes > MAX_MOOF_BYTES) {
      throw new MediaError("corrupt", "The recording's stream holds a fragment beyond all bounds.");
    }
    state.bodyStart ??= state.position;
    state.moofStart = state.position;
    this.startCollecting(header.type, header.dataBytes);
    return header.headerBytes;
  }

  #skip({ headerBytes, dataBytes }: BoxHeader): Understood {
    const end = this.state.position + headerBytes + dataBytes;
    if (!Number.isSafeInteger(end)) {
      throw new MediaError("corrupt", "The recording's stream holds a box of impossible size.");
    }
    this.state.skipUntil = end;
    return headerBytes;
  }

  protected override finishCollecting(id: number, bytes: Uint8Array): void {
    const { state } = this;
    if (id === TYPE.ftyp) {
      state.head.ftyp = bytes;
    } else if (id === TYPE.moov) {
      state.head.moov = bytes;
      this.#head = this.#parseHead();
    } else if (this.#head !== null && state.moofStart !== null) {
      const endOf = (trackId: number) => state.ends.get(trackId) ?? 0;
      const fragment = parseFragment(bytes, this.#head.tracks, endOf);
      const { moofStart: start } = state;
      // One that holds nothing of ours is passed over like any other box.
      if (fragment.runs.length === 0) return;
      for (const { trackId, endTicks } of fragment.runs) this.#expectPossible(trackId, endTicks);
      state.fragment = { start, end: start + fragment.bytes, runs: fragment.runs };
    }
  }

  /** Counts a fragment as media: all of its samples, and the box that holds them, have come. */
  #finishFragment({ start, runs }: OpenFragment): void {
    const { state } = this;
    state.fragment = null;
    state.fragmentEnd = state.position;
    for (const { trackId, endTicks } of runs) {
      state.ends.set(trackId, Math.max(endTicks, state.ends.get(trackId) ?? 0));
    }
    const run = runs.find(({ trackId }) => trackId === this.#head?.cueTrack.id);
    if (run?.startsWithKeyframe !== true) return;
    addCue(state, { ticks: run.startTicks, position: filePosition(state, start) });
  }

  #expectPossible(trackId: number, ticks: number): void {
    if (this.#milliseconds(trackId, ticks) <= MAX_END_MS) return;
    throw new MediaError("corrupt", "The recording's clock runs beyond all bounds.");
  }

  #milliseconds(trackId: number, ticks: number): number {
    return (ticks * 1_000) / (this.#head?.tracks.get(trackId)?.timescale ?? 1_000);
  }

  #parseHead(): StreamHead {
    const { ftyp, moov } = this.state.head;
    if (ftyp === null || moov === null) throw notFragmented();
    return parseStreamHead({ ftyp, moov });
  }
}

/** Fails at the first byte that no file of ours starts with: its first box is a small `ftyp` (§4.3). */
function expectFileType(bytes: Uint8Array, at: number): void {
  const isOther = [0, 0, null, null, 0x66, 0x74, 0x79, 0x70].some(
    (byte, i) => byte !== null && at + i < bytes.length && bytes[at + i] !== byte,
  );
  if (isOther)
    throw new MediaError("unknown_format", "The file is neither a WebM nor an MP4 file.");
}
