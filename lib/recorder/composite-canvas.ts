import { CannotRecordError } from "./cannot-record-error";
import { ChangeDetector } from "./change-detector";
import {
  frameSizeFor,
  letterbox,
  placeWithin,
  type Rectangle,
  type Size,
  thumbnailSize,
} from "./frame-size";
import { isSamePointer, type Pointer } from "./pointer";
import type { Scene } from "./recorded-source";

export const FRAMES_PER_SECOND = 15;

/** Without a new frame the encoder yields nothing at all, so even a still screen is drawn this often. */
const LONGEST_STILL_MS = 950;

const POSTER_WIDTH = 640;

/**
 * An opaque canvas of a fixed size that always shows the source and the pointer over it as they are now: letterboxed
 * when the source changes size, the last picture dimmed while it is gone. It is what gets recorded, because a canvas of our own can be drawn at
 * will, and because one with an alpha channel would be encoded twice.
 */
export class CompositeCanvas {
  readonly size: Size;
  private readonly canvas = document.createElement("canvas");
  private readonly context: CanvasRenderingContext2D;
  private readonly changes = new ChangeDetector();
  private lastDrawnAt = -Infinity;
  private lastSource = "";
  private lastPointer: Pointer | null = null;
  private isDimmed = false;

  /** @throws CannotRecordError when there is no picture yet or the browser gives no 2D context */
  constructor(private readonly scene: Pick<Scene, "getPicture" | "getPointer">) {
    const source = scene.getPicture();
    if (source === null) {
      throw new CannotRecordError(
        "There is no picture to record yet. Wait until the session is connected.",
      );
    }
    this.size = frameSizeFor(source);
    this.canvas.width = this.size.width;
    this.canvas.height = this.size.height;
    const context = this.canvas.getContext("2d", { alpha: false });
    if (context === null)
      throw new CannotRecordError("This browser gave no canvas to record from.");
    this.context = context;
    context.imageSmoothingQuality = "medium";
  }

  /** The video stream of this canvas; stop its tracks when done. */
  captureStream(): MediaStream {
    return this.canvas.captureStream(FRAMES_PER_SECOND);
  }

  /** Draws when the source or the pointer changed, and now and then when it did not. `nowMs` is the clock's. */
  tick(nowMs: number): void {
    const isOverdue = nowMs - this.lastDrawnAt >= LONGEST_STILL_MS;
    if (this.hasChanged() || isOverdue) this.draw(nowMs);
  }

  /** Draws now, whether anything changed or not. */
  draw(nowMs: number): void {
    this.lastDrawnAt = nowMs;
    const source = this.scene.getPicture();
    if (source === null) {
      this.drawDisconnected();
      return;
    }
    this.isDimmed = false;
    const place = this.place(source);
    this.context.drawImage(source.image, place.x, place.y, place.width, place.height);
    this.lastPointer = this.scene.getPointer();
    if (this.lastPointer !== null) this.drawPointer(this.lastPointer, source, place);
  }

  /** A small WebP of what the canvas shows; null when the browser cannot make one. */
  async poster(): Promise<Blob | null> {
    const { width, height } = thumbnailSize(this.size, POSTER_WIDTH);
    const small = document.createElement("canvas");
    small.width = width;
    small.height = height;
    const context = small.getContext("2d", { alpha: false });
    if (context === null) return null;
    context.imageSmoothingQuality = "medium";
    context.drawImage(this.canvas, 0, 0, width, height);
    const blob = await new Promise<Blob | null>((resolve) => {
      small.toBlob(resolve, "image/webp", 0.8);
    });
    return blob?.type === "image/webp" ? blob : null;
  }

  private hasChanged(): boolean {
    const source = this.scene.getPicture();
    if (source === null) return !this.isDimmed;
    if (this.changes.hasChanged(source.image)) return true;
    return !isSamePointer(this.scene.getPointer(), this.lastPointer);
  }

  /** Where the source goes; clears the bars around it when its size is not what it was. */
  private place(source: Size) {
    const shape = `${source.width}×${source.height}`;
    const place = letterbox(source, this.size);
    if (shape !== this.lastSource) this.fill("#000");
    this.lastSource = shape;
    return place;
  }

  /** Never over the bars: only drawing the source again wipes it away. */
  private drawPointer(pointer: Pointer, source: Size, place: Rectangle): void {
    const { context } = this;
    const { x, y, width, height } = placeWithin(pointer, source, place);
    context.save();
    context.beginPath();
    context.rect(place.x, place.y, place.width, place.height);
    context.clip();
    context.drawImage(pointer.image, x, y, width, height);
    context.restore();
  }

  /** Drawing the same opaque mark again changes no pixel, yet makes the frame that keeps the encoder going. */
  private drawDisconnected(): void {
    if (!this.isDimmed) this.fill("rgb(0 0 0 / 55%)");
    this.isDimmed = true;
    // The bars were dimmed too; they are cleared when a source is back.
    this.lastSource = "";
    const { context } = this;
    const fontSize = Math.max(12, Math.round(this.size.height / 40));
    const padding = Math.round(fontSize / 2);
    context.font = `${fontSize}px system-ui, sans-serif`;
    context.textBaseline = "top";
    const label = "Disconnected";
    const width = context.measureText(label).width + 2 * padding;
    context.fillStyle = "#1c1c1e";
    context.fillRect(padding, padding, width, fontSize + 2 * padding);
    context.fillStyle = "#f2f2f2";
    context.fillText(label, 2 * padding, 2 * padding);
  }

  private fill(colour: string): void {
    this.context.fillStyle = colour;
    this.context.fillRect(0, 0, this.size.width, this.size.height);
  }
}
