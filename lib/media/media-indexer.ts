/** The containers that browsers record into. */
export type MediaFormat = "webm" | "mp4";

/** The file's first bytes, which are rewritten at the end; its body starts after them. */
export const RESERVED_HEADER_BYTES = 65_536;

/** Most bytes of a stream's own header that are kept: leaves room for what sealing adds and some 150 cues. */
export const MAX_HEAD_BYTES = RESERVED_HEADER_BYTES - 4_096;

/** No recording is longer than 1,000 days: such a timestamp is damage. */
export const MAX_END_MS = 1_000 * 86_400 * 1_000;

/**
 * Follows a recording's stream as it arrives, in any pieces, without keeping it: a fold with a small state.
 *
 * A *block* is the least that can be shown by itself: WebM's Block, or a whole fragment of MP4.
 */
export interface MediaIndexer {
  /** Null before the first byte. */
  readonly format: MediaFormat | null;
  /**
   * Takes the next bytes of the client's stream; returns those to append to the file at `bodyEnd` (as it
   * was before the call). Before the body it returns none and keeps what describes the stream. After an
   * error the indexer is of no use: go on from what `save` returned last. @throws MediaError
   */
  feed(chunk: Uint8Array): Uint8Array;
  /** The state after everything fed so far, small enough for a column. */
  save(): Uint8Array;
  /** Bytes fed so far. */
  readonly sourceBytes: number;
  /** File position after everything returned so far. */
  readonly bodyEnd: number;
  /** File position after the last whole block: where the file is cut when it is sealed. */
  readonly blockEnd: number;
  /** A whole block has arrived. */
  readonly hasMedia: boolean;
  /** When the last whole block stops being shown, in milliseconds of the stream's own time; 0 before the first. */
  readonly encodedMs: number;
  /**
   * The header of a file that is still growing: playable from its start, without duration or index.
   * @throws MediaError `no_media` before the body
   */
  liveHeader(): Uint8Array;
  /**
   * The header of the finished file, which can be sought in. The same stream always gives the same bytes;
   * places to seek to that do not fit are thinned evenly. @throws MediaError `no_media` before the first whole block
   */
  sealedHeader(): SealedHeader;
}

/** What turns a live file into a finished one. */
export interface SealedHeader {
  /** `RESERVED_HEADER_BYTES` bytes for the start of the file. */
  readonly header: Uint8Array;
  /** Where the file is to be cut. */
  readonly endPosition: number;
  readonly durationMs: number;
  /** As in a MIME type's `codecs` parameter, e.g. `vp9,opus`. */
  readonly codec: string;
  /** Pixels; 0 without video. */
  readonly width: number;
  readonly height: number;
}
