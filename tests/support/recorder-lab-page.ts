import { ChangeDetector } from "@/lib/recorder/change-detector";
import type { Pointer } from "@/lib/recorder/pointer";
import { createRecorder, type RecorderCore } from "@/lib/recorder/recorder";
import type { RecorderState } from "@/lib/recorder/recorder-state";

const SESSION_ID = "5f0d6f2e-7f3c-4c39-9a53-0a1d3a1c7f11";

/** Who makes all recordings of the lab. */
const USER_ID = "0b7c2d1e-5a4f-4e1b-8c3d-2f6a9e8d7c15";

type CaptureStream = (this: HTMLCanvasElement, framesPerSecond?: number) => MediaStream;

/**
 * Runs in the lab's page: a canvas that stands for the desktop, and the recorder of it. Tests drive it through the
 * global `lab`.
 */
class LabPage {
  private screen: HTMLCanvasElement | null = null;
  private pointer: Pointer | null = null;
  private recorder: RecorderCore | null = null;
  private painting: Worker | null = null;
  private startedAt = 0;
  private streams: MediaStream[] = [];
  private encoders: MediaRecorder[] = [];
  private withholdsBytes = false;

  constructor() {
    // Remembers what the browser made, so that a test can break it as a browser in trouble does.
    const { streams, encoders } = this;
    const withholdsBytes = () => this.withholdsBytes;
    const prototype = HTMLCanvasElement.prototype as { captureStream: CaptureStream };
    const capture = prototype.captureStream;
    prototype.captureStream = function (framesPerSecond) {
      const stream = capture.call(this, framesPerSecond);
      streams.push(stream);
      return stream;
    };
    globalThis.MediaRecorder = class extends MediaRecorder {
      constructor(stream: MediaStream, options?: MediaRecorderOptions) {
        super(stream, options);
        encoders.push(this);
        this.addEventListener("dataavailable", (event) => {
          if (withholdsBytes()) event.stopImmediatePropagation();
        });
      }
    };
  }

  /** From now on the encoder delivers nothing and says nothing. */
  silenceEncoders(): void {
    for (const encoder of this.encoders) if (encoder.state === "recording") encoder.pause();
  }

  /** From now on nothing that the encoder makes comes out of it. */
  withholdBytes(): void {
    this.withholdsBytes = true;
  }

  endStreams(): void {
    for (const stream of this.streams) for (const track of stream.getTracks()) track.stop();
  }

  /** Shows a screen of this size in place of the present one, filled with one colour. */
  show(width: number, height: number, colour: string): void {
    this.hide();
    this.screen = document.createElement("canvas");
    document.body.append(this.screen);
    this.resize(width, height, colour);
  }

  /** As a desktop does: the same canvas, another size. */
  resize(width: number, height: number, colour: string): void {
    if (this.screen === null) return;
    this.screen.width = width;
    this.screen.height = height;
    this.fill(colour);
  }

  hide(): void {
    this.screen?.remove();
  }

  fill(colour: string): void {
    const context = this.screen?.getContext("2d");
    if (!context || !this.screen) return;
    context.fillStyle = colour;
    context.fillRect(0, 0, this.screen.width, this.screen.height);
  }

  /** Points with a square of this colour and so many pixels, its corner at a place on the screen. */
  point(colour: string, x: number, y: number, side: number): void {
    const image = document.createElement("canvas");
    image.width = side;
    image.height = side;
    const context = image.getContext("2d");
    if (!context) return;
    context.fillStyle = colour;
    context.fillRect(0, 0, side, side);
    this.pointer = { image, x, y, width: side, height: side };
  }

  /** Moves the pointer up and down about 30 times a second. */
  movePointer(): void {
    this.repeat(() => {
      if (this.pointer === null) return;
      const y = (this.pointer.y + 7) % (this.screen?.height ?? 1);
      this.pointer = { ...this.pointer, y };
    });
  }

  leave(): void {
    this.pointer = null;
  }

  /** Changes the screen about 30 times a second, also in a hidden tab, so that it compresses badly. */
  move(): void {
    this.repeat(() => this.paintNoise());
  }

  private repeat(paint: () => void): void {
    const source = "setInterval(() => postMessage(0), 33)";
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    this.painting = new Worker(url);
    this.painting.addEventListener("message", paint);
  }

  still(): void {
    this.painting?.terminate();
  }

  /** Whether the recorder notices one typed character, wherever it is. */
  notices(character: string): boolean {
    const { screen } = this;
    const context = screen?.getContext("2d");
    if (!context || !screen) return false;
    context.fillStyle = "#ddd";
    context.font = "14px monospace";
    const changes = new ChangeDetector();
    const places = Array.from({ length: 50 }, (_, index) => index / 50);
    return places.every((place) => {
      changes.hasChanged(screen);
      const isStill = !changes.hasChanged(screen);
      context.fillText(
        character,
        20 + place * (screen.width - 40),
        20 + place * (screen.height - 40),
      );
      return isStill && changes.hasChanged(screen);
    });
  }

  prepare(maxSizeBytes: number): void {
    this.recorder = createRecorder({
      sessionId: SESSION_ID,
      userId: USER_ID,
      appName: "Desktop",
      source: {
        kind: "canvas",
        getCanvas: () => this.screen,
        getPointer: () => this.pointer,
      },
      maxSizeBytes,
    });
    this.recorder.warmUp();
  }

  async start(): Promise<void> {
    await this.recorder?.start();
    this.startedAt = performance.now();
  }

  /** Milliseconds from the first frame to the click. */
  async stop(): Promise<number> {
    const elapsedMs = performance.now() - this.startedAt;
    await this.recorder?.stop();
    return elapsedMs;
  }

  state(): RecorderState {
    return this.recorder?.getState() ?? { phase: "idle" };
  }

  /** Resolves to the first state for which `holds`. */
  until(holds: (state: RecorderState) => boolean): Promise<RecorderState> {
    return new Promise((resolve) => {
      const look = () => {
        const state = this.state();
        if (!holds(state)) return;
        forget?.();
        resolve(state);
      };
      const forget = this.recorder?.subscribe(look);
      look();
    });
  }

  /** True when leaving the page now would ask first. */
  asksBeforeLeaving(): boolean {
    return !window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
  }

  /** Folder → file → size of all that is in the private file system. */
  async spools(): Promise<Record<string, Record<string, number>>> {
    const spools: Record<string, Record<string, number>> = {};
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle("sortie-spool", { create: true });
    for await (const [name, spool] of entries(folder)) {
      const sizes: Record<string, number> = (spools[name] = {});
      for await (const [file, handle] of entries(spool as FileSystemDirectoryHandle)) {
        sizes[file] = (await (handle as FileSystemFileHandle).getFile()).size;
      }
    }
    return spools;
  }

  /** A spooled file's content in base64. */
  async spooled(recordingId: string, name: string): Promise<string> {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle("sortie-spool");
    const spool = await folder.getDirectoryHandle(recordingId);
    const file = await (await spool.getFileHandle(name)).getFile();
    let binary = "";
    for (const byte of new Uint8Array(await file.arrayBuffer()))
      binary += String.fromCharCode(byte);
    return btoa(binary);
  }

  private paintNoise(): void {
    const context = this.screen?.getContext("2d");
    if (!context || !this.screen) return;
    const { width, height } = this.screen;
    for (let block = 0; block < 400; block += 1) {
      context.fillStyle = `hsl(${Math.random() * 360} 80% 50%)`;
      context.fillRect(Math.random() * width, Math.random() * height, 24, 24);
    }
  }
}

function entries(folder: FileSystemDirectoryHandle): AsyncIterable<[string, FileSystemHandle]> {
  return (folder as unknown as { entries(): AsyncIterable<[string, FileSystemHandle]> }).entries();
}

declare global {
  var lab: LabPage;
}
globalThis.lab = new LabPage();
