import { CannotRecordError } from "./cannot-record-error";
import type { Clock } from "./clock";
import { pause } from "./clock";
import { type CompositeCanvas, FRAMES_PER_SECOND } from "./composite-canvas";
import { Encoder } from "./encoder";

const FRAME_MS = 1000 / FRAMES_PER_SECOND;

export interface CaptureOptions {
  readonly composite: CompositeCanvas;
  readonly mimeType: string;
  readonly clock: Clock;
  /** The next bytes of the WebM stream; `elapsedMs` counts from the first frame. */
  readonly onChunk: (chunk: Blob, elapsedMs: number) => void;
  /** The browser stopped encoding by itself; a sentence. */
  readonly onDeath: (reason: string) => void;
}

/** From pixels to chunks: draws the composite canvas in time and encodes it, from construction until `stop`. */
export class Capture {
  private readonly encoder: Encoder;
  private readonly startedAt: number;
  private readonly cancelTicks: () => void;
  private lastTickAt = -Infinity;

  /** @throws CannotRecordError when the browser refuses */
  constructor(private readonly options: CaptureOptions) {
    const { composite, clock } = options;
    this.encoder = startEncoder(options, (atMs) => atMs - this.startedAt);
    this.startedAt = clock.now();
    composite.draw(this.startedAt);
    this.cancelTicks = clock.every(FRAME_MS, () => this.tick());
  }

  get elapsedMs(): number {
    return this.options.clock.now() - this.startedAt;
  }

  /** Resolves when the last chunk was handed over. */
  async stop(): Promise<void> {
    const { composite, clock } = this.options;
    // What is on the screen now must be the last frame. A stream drops a frame that follows another too closely
    // and takes one in only after the task that drew it: so it is drawn twice, a frame apart.
    for (let draws = 0; draws < 2; draws += 1) {
      composite.draw(clock.now());
      await pause(clock, FRAME_MS);
    }
    this.cancelTicks();
    await this.encoder.stop();
  }

  /** A page that was busy gets the ticks it missed all at once; one of them is enough. */
  private tick(): void {
    const nowMs = this.options.clock.now();
    if (nowMs - this.lastTickAt < FRAME_MS / 2) return;
    this.lastTickAt = nowMs;
    this.options.composite.tick(nowMs);
  }
}

function startEncoder(options: CaptureOptions, elapsedAt: (atMs: number) => number): Encoder {
  const { composite, mimeType, clock, onChunk, onDeath } = options;
  const stream = composite.captureStream();
  try {
    return new Encoder({
      stream,
      size: composite.size,
      mimeType,
      clock,
      onChunk: (chunk, atMs) => onChunk(chunk, elapsedAt(atMs)),
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
