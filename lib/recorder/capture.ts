import { CannotRecordError } from "./cannot-record-error";
import type { Clock } from "./clock";
import { pause } from "./clock";
import { type CompositeCanvas, FRAMES_PER_SECOND } from "./composite-canvas";
import { Encoder, withSound } from "./encoder";

const FRAME_MS = 1000 / FRAMES_PER_SECOND;
/** A fifth of the frames: about half the bytes of a picture that moves. */
const SPARED_FRAME_MS = 1000 / 3;

/** On a computer too busy to encode, the last moments are given up after this. */
const SETTLE_TIMEOUT_MS = 2_000;

export interface CaptureOptions {
  readonly composite: CompositeCanvas;
  readonly mimeType: string;
  /** Sound to go with the picture, stopped with it; null for none. */
  readonly sound: MediaStreamTrack | null;
  readonly clock: Clock;
  /** The next bytes of the stream, never empty. */
  readonly onChunk: (chunk: Blob) => void;
  /** The browser stopped encoding by itself; a sentence. */
  readonly onDeath: (reason: string) => void;
}

/** From pixels to chunks: draws the composite canvas in time and encodes it, from construction until `stop`. */
export class Capture {
  private readonly encoder: Encoder;
  private readonly startedAt: number;
  private readonly cancelTicks: () => void;
  private lastTickAt = -Infinity;
  private frameMs = FRAME_MS;

  /** @throws CannotRecordError when the browser refuses */
  constructor(private readonly options: CaptureOptions) {
    const { composite, clock } = options;
    this.encoder = startEncoder(options);
    this.startedAt = clock.now();
    composite.draw(this.startedAt);
    this.cancelTicks = clock.every(FRAME_MS, () => this.tick());
  }

  get elapsedMs(): number {
    return this.options.clock.now() - this.startedAt;
  }

  /**
   * Whether to make fewer bytes. An encoder keeps the bit rate it was begun with, but fewer frames of the
   * same picture take less of it.
   */
  spare(isSparing: boolean): void {
    this.frameMs = isSparing ? SPARED_FRAME_MS : FRAME_MS;
  }

  /** Resolves when the last chunk was handed over; `encodedMs` tells how far the recording has come. */
  async stop(encodedMs: () => number): Promise<void> {
    await this.settle(encodedMs);
    this.cancelTicks();
    await this.encoder.stop();
  }

  /**
   * What is on the screen now must be the last frame, but an encoder that stops drops what it has not encoded
   * yet, and one that is busy takes in no new frames: so it is drawn until a frame from after this moment came out.
   */
  private async settle(encodedMs: () => number): Promise<void> {
    const { composite, clock } = this.options;
    const stoppedMs = this.elapsedMs;
    // A frame counts as shown for a while: one that came out before the stop reaches past it, but not so far.
    const wantedMs = stoppedMs + FRAME_MS;
    while (encodedMs() < wantedMs && this.elapsedMs < stoppedMs + SETTLE_TIMEOUT_MS) {
      if (!this.encoder.isRunning) return;
      composite.draw(clock.now());
      await pause(clock, FRAME_MS);
      this.encoder.flush();
    }
  }

  /** A page that was busy gets the ticks it missed all at once; one of them is enough. */
  private tick(): void {
    const nowMs = this.options.clock.now();
    if (nowMs - this.lastTickAt < this.frameMs - FRAME_MS / 2) return;
    this.lastTickAt = nowMs;
    this.options.composite.tick(nowMs);
  }
}

function startEncoder(options: CaptureOptions): Encoder {
  const { composite, sound, clock, onChunk, onDeath } = options;
  const stream = composite.captureStream();
  if (sound !== null) stream.addTrack(sound);
  try {
    return new Encoder({
      stream,
      size: composite.size,
      mimeType: sound === null ? options.mimeType : withSound(options.mimeType),
      clock,
      onChunk,
      onDeath,
    });
  } catch (error) {
    for (const track of stream.getTracks()) track.stop();
    throw new CannotRecordError(
      "The browser's video encoder did not start. Close other tabs that record or play video, then try again.",
      { cause: error },
    );
  }
}
