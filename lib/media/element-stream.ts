import { concat } from "./concat";
import { RESERVED_HEADER_BYTES } from "./media-indexer";

/**
 * Where a walk through a stream stands. Positions count the bytes of the client's stream from its start,
 * and are turned into file positions only on the way out.
 */
export interface StreamPlace {
  /** Of the next byte that is not yet understood. */
  position: number;
  /** The bytes from `position` on: the beginning of an element, too short to understand. */
  pending: Uint8Array;
  /** Bytes before this position are data that need not be looked at. */
  skipUntil: number;
  /** An element's data on its way: `bytes` has its size, `filled` of them have come. */
  collecting: Collecting | null;
  /** Where the file's body starts; null before it. */
  bodyStart: number | null;
}

export interface Collecting {
  readonly id: number;
  readonly bytes: Uint8Array;
  filled: number;
}

/** The bytes that were understood; null when it takes more than there are. */
export type Understood = number | null;

/** Where a byte of the stream is in the file. The body follows the reserved header. */
export function filePosition(place: StreamPlace, sourcePosition: number): number {
  return RESERVED_HEADER_BYTES + sourcePosition - (place.bodyStart ?? sourcePosition);
}

/**
 * Walks through a stream of elements that comes in any pieces. What an element is, and what becomes of it,
 * the container says: it reads a header, and then skips the data, collects it, or goes on inside.
 */
export abstract class ElementStream<Place extends StreamPlace> {
  protected constructor(
    protected readonly state: Place,
    /** The longest thing that `readElement` reads at once. */
    private readonly maxLookaheadBytes: number,
  ) {}

  /** The element at `at`, of which `bytes` holds the beginning. Changes nothing when it needs more of it. */
  protected abstract readElement(bytes: Uint8Array, at: number): Understood;
  /** An element's data has come whole. */
  protected abstract finishCollecting(id: number, bytes: Uint8Array): void;
  /** The walk has come to the end of something: to `position`, where the next element begins. */
  protected abstract arrive(): void;

  get sourceBytes(): number {
    return this.state.position + this.state.pending.length;
  }

  get bodyEnd(): number {
    return filePosition(this.state, this.sourceBytes);
  }

  feed(chunk: Uint8Array): Uint8Array {
    const { bodyStart: bodyStartBefore, pending } = this.state;
    const fedBefore = this.sourceBytes;
    for (let at = 0; at < chunk.length;) at += this.consume(chunk, at);

    if (bodyStartBefore !== null) return chunk;
    const { bodyStart } = this.state;
    if (bodyStart === null) return new Uint8Array(0);
    if (bodyStart >= fedBefore) return chunk.subarray(bodyStart - fedBefore);
    // The body's first bytes came with an earlier chunk, too few to know them by.
    return concat(pending, chunk);
  }

  /** To be called from `readElement`: the `size` bytes after the header are collected. */
  protected startCollecting(id: number, size: number): void {
    this.state.collecting = { id, bytes: new Uint8Array(size), filled: 0 };
    if (size === 0) this.endCollecting(this.state.collecting);
  }

  /** Takes some of `chunk` from `at` on, at least one byte; returns how many. */
  private consume(chunk: Uint8Array, at: number): number {
    const { state } = this;
    const available = chunk.length - at;
    if (state.skipUntil > state.position) {
      return this.advance(Math.min(available, state.skipUntil - state.position));
    }
    if (state.collecting !== null) return this.collect(state.collecting, chunk, at);

    const { pending } = state;
    const window =
      pending.length === 0
        ? chunk
        : concat(pending, chunk.subarray(at, at + this.maxLookaheadBytes - pending.length));
    const windowAt = pending.length === 0 ? at : 0;
    const understood = this.readElement(window, windowAt);
    if (understood === null) {
      state.pending = window.slice(windowAt);
      return state.pending.length - pending.length;
    }
    state.pending = new Uint8Array(0);
    this.advance(understood);
    return understood - pending.length;
  }

  private advance(bytes: number): number {
    const { state } = this;
    state.position += bytes;
    if (state.skipUntil <= state.position) this.arrive();
    return bytes;
  }

  private collect(collecting: Collecting, chunk: Uint8Array, at: number): number {
    const { bytes, filled } = collecting;
    const taken = Math.min(chunk.length - at, bytes.length - filled);
    bytes.set(chunk.subarray(at, at + taken), filled);
    collecting.filled += taken;
    if (collecting.filled === bytes.length) this.endCollecting(collecting);
    return this.advance(taken);
  }

  private endCollecting({ id, bytes }: Collecting): void {
    this.state.collecting = null;
    this.finishCollecting(id, bytes);
  }
}
