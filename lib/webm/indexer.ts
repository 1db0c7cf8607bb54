import type { CueList } from "@/lib/media/cue-list";
import { ElementStream, filePosition, type Understood } from "@/lib/media/element-stream";
import { MediaError } from "@/lib/media/media-error";
import {
  MAX_HEAD_BYTES,
  type MediaIndexer,
  RESERVED_HEADER_BYTES,
  type SealedHeader,
} from "@/lib/media/media-indexer";
import { readBlockHeader } from "./block-header";
import { type ElementHeader, ID, readElementHeader, readNumber } from "./ebml";
import { finishBlock } from "./finish-block";
import { liveHeader, sealedHeader } from "./header";
import { freshState, type IndexerState, type OpenBlock, type OpenCluster } from "./indexer-state";
import { decodeState, encodeState } from "./saved-state";
import { checkEbmlHeader, parseStreamHead, type StreamHead } from "./stream-head";

/** A WebM stream (RFC 9559) with its index, which only this folder reads. */
export interface WebmIndexer extends MediaIndexer {
  readonly format: "webm";
  /** What a header is written from; null before the first Cluster. */
  readonly index: MediaIndex | null;
}

export interface MediaIndex {
  readonly head: StreamHead;
  readonly cues: CueList;
  /** Null before the first whole block. */
  readonly endTicks: number | null;
  /** All Clusters tell their size, and the file, cut at `blockEnd`, holds as much of each. */
  readonly isSized: boolean;
}

/** An indexer for a new stream, or for the rest of one. @throws MediaError `corrupt` when `saved` is damaged */
export function createWebmIndexer(saved?: Uint8Array): WebmIndexer {
  return new StreamIndexer(saved === undefined ? freshState() : decodeState(saved));
}

/** Id (4), size (8), and the longest thing read with them: a track number (8), a timestamp (2), flags (1). */
const MAX_LOOKAHEAD_BYTES = 23;

const EBML_MAGIC = [0x1a, 0x45, 0xdf, 0xa3];

/** What ends a Cluster of unknown size (RFC 8794 §6.2): its siblings. */
const SEGMENT_CHILDREN: ReadonlySet<number> = new Set([
  ID.cluster,
  ID.cues,
  ID.seekHead,
  ID.info,
  ID.tracks,
  ID.tags,
  ID.chapters,
  ID.attachments,
]);

class StreamIndexer extends ElementStream<IndexerState> implements WebmIndexer {
  readonly format = "webm";
  #head: StreamHead | null = null;

  constructor(state: IndexerState) {
    super(state, MAX_LOOKAHEAD_BYTES);
    if (state.bodyStart !== null) this.#head = this.#parseHead();
  }

  get blockEnd(): number {
    const { media } = this.state;
    return media === null ? RESERVED_HEADER_BYTES : filePosition(this.state, media.blockEnd);
  }

  get hasMedia(): boolean {
    return this.state.media !== null;
  }

  get encodedMs(): number {
    return ((this.state.media?.endTicks ?? 0) * (this.#head?.timestampScaleNs ?? 0)) / 1e6;
  }

  get index(): MediaIndex | null {
    const { media, gapTicks, cues } = this.state;
    if (this.#head === null) return null;
    const clusterEnd = media?.clusterEnd ?? null;
    return {
      head: this.#head,
      cues: { gapTicks, cues },
      endTicks: media?.endTicks ?? null,
      isSized: clusterEnd !== null && clusterEnd <= (media?.blockEnd ?? 0),
    };
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
    const { state } = this;
    if (state.block !== null && state.position >= state.block.end) finishBlock(state, this.#head);
    const isPast = (end: number | null | undefined) =>
      typeof end === "number" && state.position >= end;
    if (isPast(state.cluster?.end)) state.cluster = null;
    // Whatever follows the Segment is none of it.
    if (isPast(state.segment?.end)) state.skipUntil = Number.MAX_SAFE_INTEGER;
  }

  protected override readElement(bytes: Uint8Array, at: number): Understood {
    const { cluster, block, segment, head } = this.state;
    if (head.ebml === null) expectMagic(bytes, at);
    const header = readElementHeader(bytes, at);
    if (header === null) return null;
    if (segment === null) return this.#readBeforeSegment(header);
    if (block !== null) return this.#readInBlockGroup(header, block, bytes, at);
    if (cluster === null || (cluster.end === null && SEGMENT_CHILDREN.has(header.id))) {
      return this.#readInSegment(header, segment.end);
    }
    return this.#readInCluster(header, cluster, bytes, at);
  }

  #readBeforeSegment(header: ElementHeader): Understood {
    if (this.state.head.ebml === null) return this.#keep(header, null);
    if (header.id === ID.segment) {
      this.state.segment = { end: header.size === "unknown" ? null : this.#dataEnd(header, null) };
      return header.headerBytes;
    }
    if (header.id !== ID.void)
      throw new MediaError("unknown_format", "The file is not a WebM file.");
    return this.#skip(header, null);
  }

  #readInSegment(header: ElementHeader, end: number | null): Understood {
    const state = this.state;
    state.cluster = null;
    if (header.id === ID.cluster) {
      if (this.#head === null) {
        this.#head = this.#parseHead();
        state.bodyStart = state.position;
      }
      const clusterEnd = header.size === "unknown" ? null : this.#dataEnd(header, end);
      state.cluster = { start: state.position, end: clusterEnd, ticks: 0, isCued: false };
      return header.headerBytes;
    }
    if (header.id === ID.ebml || header.id === ID.segment) {
      throw new MediaError("corrupt", "A second recording starts inside the first.");
    }
    const isKept =
      (header.id === ID.info && state.head.info === null) ||
      (header.id === ID.tracks && state.head.tracks === null);
    return isKept ? this.#keep(header, end) : this.#skip(header, end);
  }

  #readInCluster(
    header: ElementHeader,
    cluster: OpenCluster,
    bytes: Uint8Array,
    at: number,
  ): Understood {
    const state = this.state;
    const parentEnd = cluster.end ?? state.segment?.end ?? null;
    const end = this.#dataEnd(header, parentEnd);
    if (header.id === ID.timestamp) {
      const ticks = readNumber(header, bytes, at);
      if (ticks === null) return null;
      cluster.ticks = ticks;
      return end - state.position;
    }
    if (header.id === ID.simpleBlock) {
      const block = readBlockHeader(header, bytes, at);
      if (block === null) return null;
      state.block = { end, header: block, isKeyframe: block.isKeyframe, durationTicks: null };
      state.skipUntil = end;
      return header.headerBytes + block.length;
    }
    if (header.id === ID.blockGroup) {
      // Its Block may be large: it is walked through like a Cluster, not gathered.
      state.block = { end, header: null, isKeyframe: true, durationTicks: null };
      return header.headerBytes;
    }
    if (SEGMENT_CHILDREN.has(header.id) || header.id === ID.ebml || header.id === ID.segment) {
      throw new MediaError("corrupt", "The recording's stream is out of step.");
    }
    return this.#skip(header, parentEnd);
  }

  /** A frame that refers to no other is a keyframe (RFC 9559 §5.1.3.5.5). */
  #readInBlockGroup(
    header: ElementHeader,
    block: OpenBlock,
    bytes: Uint8Array,
    at: number,
  ): Understood {
    const state = this.state;
    const end = this.#dataEnd(header, block.end);
    if (header.id === ID.block) {
      const blockHeader = readBlockHeader(header, bytes, at);
      if (blockHeader === null) return null;
      block.header = blockHeader;
      state.skipUntil = end;
      return header.headerBytes + blockHeader.length;
    }
    if (header.id === ID.blockDuration) {
      const ticks = readNumber(header, bytes, at);
      if (ticks === null) return null;
      block.durationTicks = ticks;
      return end - state.position;
    }
    if (header.id === ID.referenceBlock) block.isKeyframe = false;
    return this.#skip(header, block.end);
  }

  #keep(header: ElementHeader, parentEnd: number | null): Understood {
    const { head, position } = this.state;
    const size = this.#dataEnd(header, parentEnd) - position - header.headerBytes;
    const kept = [head.ebml, head.info, head.tracks].reduce(
      (sum, part) => sum + (part?.length ?? 0),
      0,
    );
    if (kept + size > MAX_HEAD_BYTES) {
      throw new MediaError("header_too_large", "The recording's header is larger than 60 KiB.");
    }
    this.startCollecting(header.id, size);
    return header.headerBytes;
  }

  protected override finishCollecting(id: number, bytes: Uint8Array): void {
    const { head } = this.state;
    if (id === ID.ebml) {
      checkEbmlHeader(bytes);
      head.ebml = bytes;
    } else if (id === ID.info) head.info = bytes;
    else head.tracks = bytes;
  }

  #skip(header: ElementHeader, parentEnd: number | null): Understood {
    this.state.skipUntil = this.#dataEnd(header, parentEnd);
    return header.headerBytes;
  }

  /** Position after the element at hand. @throws MediaError `corrupt` when it is unknown or beyond its parent */
  #dataEnd(header: ElementHeader, parentEnd: number | null): number {
    if (header.size === "unknown") {
      throw new MediaError("corrupt", "The recording's stream holds an element without a size.");
    }
    const end = this.state.position + header.headerBytes + header.size;
    if (end > (parentEnd ?? Number.MAX_SAFE_INTEGER)) {
      throw new MediaError(
        "corrupt",
        "The recording's stream holds an element larger than what it is in.",
      );
    }
    return end;
  }

  #parseHead(): StreamHead {
    const { ebml, info, tracks } = this.state.head;
    if (ebml === null || info === null || tracks === null) {
      throw new MediaError(
        "unknown_format",
        "The file does not say what it holds: it lacks Info or Tracks.",
      );
    }
    return parseStreamHead({ ebml, info, tracks });
  }
}

/** Fails at the first byte that no EBML file starts with. */
function expectMagic(bytes: Uint8Array, at: number): void {
  const isOther = EBML_MAGIC.some((byte, i) => at + i < bytes.length && bytes[at + i] !== byte);
  if (isOther) throw new MediaError("unknown_format", "The file is not a WebM file.");
}
