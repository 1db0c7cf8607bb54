import { createMp4Indexer, MP4_STATE } from "@/lib/mp4";
import { createWebmIndexer, WEBM_STATE } from "@/lib/webm";
import { noMedia } from "./media-error";
import {
  type MediaFormat,
  type MediaIndexer,
  RESERVED_HEADER_BYTES,
  type SealedHeader,
} from "./media-indexer";
import { damaged } from "./state-bytes";

/** Every WebM file begins with it: the first byte of the EBML element's id (RFC 8794 §11.2.1). */
const WEBM_FIRST_BYTE = 0x1a;

/**
 * An indexer for a new stream in any of our containers, or for the rest of one. What a stream is, its first
 * byte tells: nobody has to announce it, and nobody can announce it wrongly.
 * @throws MediaError `corrupt` when `saved` is damaged
 */
export function createIndexer(saved: Uint8Array = new Uint8Array(0)): MediaIndexer {
  switch (saved[0]) {
    case undefined:
      return new UnknownIndexer();
    case WEBM_STATE:
      return createWebmIndexer(saved);
    case MP4_STATE:
      return createMp4Indexer(saved);
    default:
      throw damaged();
  }
}

/** A stream of which nothing has come, and then whichever it turned out to be. */
class UnknownIndexer implements MediaIndexer {
  #known: MediaIndexer | null = null;

  get format(): MediaFormat | null {
    return this.#known?.format ?? null;
  }

  get sourceBytes(): number {
    return this.#known?.sourceBytes ?? 0;
  }

  get bodyEnd(): number {
    return this.#known?.bodyEnd ?? RESERVED_HEADER_BYTES;
  }

  get blockEnd(): number {
    return this.#known?.blockEnd ?? RESERVED_HEADER_BYTES;
  }

  get hasMedia(): boolean {
    return this.#known?.hasMedia ?? false;
  }

  get encodedMs(): number {
    return this.#known?.encodedMs ?? 0;
  }

  feed(chunk: Uint8Array): Uint8Array {
    const [first] = chunk;
    if (first === undefined) return chunk;
    this.#known ??= first === WEBM_FIRST_BYTE ? createWebmIndexer() : createMp4Indexer();
    return this.#known.feed(chunk);
  }

  save(): Uint8Array {
    return this.#known?.save() ?? new Uint8Array(0);
  }

  liveHeader(): Uint8Array {
    if (this.#known === null) throw noMedia();
    return this.#known.liveHeader();
  }

  sealedHeader(): SealedHeader {
    if (this.#known === null) throw noMedia();
    return this.#known.sealedHeader();
  }
}
