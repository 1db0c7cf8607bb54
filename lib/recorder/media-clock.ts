import { createIndexer, WebmError } from "@/lib/webm";

/**
 * How far a WebM stream has come in its own time. Only the stream knows: chunks come late when the computer is
 * busy, and by how much nobody says.
 */
export class MediaClock {
  private readonly indexer = createIndexer();
  private isLost = false;
  private encodedMs = 0;

  /** Takes the stream's next bytes; returns the time in milliseconds that all whole frames so far reach to. */
  feed(bytes: Uint8Array): number {
    if (this.isLost) return this.encodedMs;
    try {
      this.indexer.feed(bytes);
    } catch (error) {
      if (!(error instanceof WebmError)) throw error;
      // The server judges the stream; here only time stands still.
      this.isLost = true;
      return this.encodedMs;
    }
    const { index } = this.indexer;
    if (index !== null) {
      this.encodedMs = ((index.endTicks ?? 0) * index.head.timestampScaleNs) / 1e6;
    }
    return this.encodedMs;
  }
}
