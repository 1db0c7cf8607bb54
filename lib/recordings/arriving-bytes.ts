import { addAbortSignal, type Readable } from "node:stream";

/** A sender that shows no byte for this long has gone away. */
const STALL_TIMEOUT_MS = 30_000;

interface ArrivalOptions {
  /** Ends the bytes early, as if the sender had gone. */
  readonly signal: AbortSignal;
  readonly stallTimeoutMs?: number;
}

/**
 * The bytes of a request for as long as they come. A sender that disconnects, stalls or is told to
 * end is simply at its end here: what arrived until then is good. Stopping to read leaves the body as it is.
 */
export async function* arrivingBytes(
  body: Readable,
  { signal, stallTimeoutMs = STALL_TIMEOUT_MS }: ArrivalOptions,
): AsyncGenerator<Uint8Array> {
  const stalled = new AbortController();
  addAbortSignal(AbortSignal.any([signal, stalled.signal]), body);
  const timer = setTimeout(() => stalled.abort(), stallTimeoutMs);
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      yield chunk as Uint8Array;
      timer.refresh();
    }
  } catch {
    // Only the body can throw here: an error of whoever takes the bytes does not pass through `yield`.
  } finally {
    clearTimeout(timer);
  }
}
