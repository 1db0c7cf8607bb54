import { createIndexer } from "@/lib/media/create-indexer";
import { MediaError } from "@/lib/media/media-error";

/**
 * How far a recorded stream has come in its own time. Only the stream knows: chunks come late when the computer is
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
      if (!(error instanceof MediaError)) throw error;
      // The server judges the stream; here only time stands still.
      this.isLost = true;
      return this.encodedMs;
    }
    this.encodedMs = this.indexer.encodedMs;
    return this.encodedMs;
  }
}
