import { type Clock, pause } from "./clock";
import type { Size } from "./frame-size";

/**
 * In order of preference: VP9 needs fewer bytes than VP8 for the same picture. MP4 comes last, for Safari before 18.4,
 * which records nothing else: it hands over whole fragments only. H.264 by its bare name leaves profile and level
 * to the browser, which knows how large the picture is; not every one takes the bare name.
 */
const MIME_TYPES = [
  "video/webm;codecs=vp9",
  "video/webm;codecs=vp8",
  "video/mp4;codecs=avc1",
  "video/mp4;codecs=avc1.42E01F",
  "video/mp4",
] as const;

/** Bytes come this often, so a tab that dies loses at most this much. */
const TIMESLICE_MS = 1_000;

/**
 * A player can jump to a keyframe only; each costs bytes, above all on a still screen. In MP4 the next keyframe is also
 * what ends a fragment, and before that none of it comes out: there they are as frequent as chunks.
 */
function keyframeIntervalMs(mimeType: string): number {
  return mimeType.startsWith("video/mp4") ? TIMESLICE_MS : 5_000;
}

/** Ten timeslices without a byte, although frames were drawn: the encoder is dead. */
const SILENCE_MS = 10_000;

/** How long the encoder may take for its last chunk. */
const STOP_TIMEOUT_MS = 5_000;

/**
 * 2.5 Mbit/s keeps text sharp while 1280×720 scrolls; more pixels need more, though less than in proportion for
 * a desktop, so 5 Mbit/s is the most. It is a ceiling in practice: a still desktop takes about 2 MB an hour.
 */
const BITS_PER_PIXEL_SECOND = 2_500_000 / (1280 * 720);
const HIGHEST_BITS_PER_SECOND = 5_000_000;
const LOWEST_BITS_PER_SECOND = 1_000_000;

export function videoBitsPerSecond({ width, height }: Size): number {
  const proportional = Math.round(width * height * BITS_PER_PIXEL_SECOND);
  return Math.min(HIGHEST_BITS_PER_SECOND, Math.max(LOWEST_BITS_PER_SECOND, proportional));
}

/** The same type for a stream with sound. Where a browser cannot name the sound's codec, it chooses one. */
export function withSound(mimeType: string): string {
  const candidates = ["opus", "mp4a.40.2"].map((codec) => `${mimeType},${codec}`);
  const container = mimeType.split(";")[0] ?? mimeType;
  return candidates.find((candidate) => MediaRecorder.isTypeSupported(candidate)) ?? container;
}

/** TypeScript's DOM types lack the member of the standard that sets the keyframe interval. */
interface VideoRecorderOptions extends MediaRecorderOptions {
  readonly videoKeyFrameIntervalDuration: number;
}

/**
 * The first MIME type this browser can really record, null when there is none. A browser may claim support and
 * still fail to start, so each is tried on a small moving canvas.
 */
export async function probeEncoder(clock: Clock): Promise<string | null> {
  for (const mimeType of MIME_TYPES) {
    if (MediaRecorder.isTypeSupported(mimeType) && (await canRecord(mimeType, clock))) {
      return mimeType;
    }
  }
  return null;
}

async function canRecord(mimeType: string, clock: Clock): Promise<boolean> {
  const canvas = document.createElement("canvas");
  canvas.width = 320;
  canvas.height = 180;
  const context = canvas.getContext("2d", { alpha: false });
  if (context === null) return false;
  const stream = canvas.captureStream();
  try {
    const recorder = new MediaRecorder(stream, { mimeType });
    const gotBytes = new Promise<boolean>((resolve) => {
      recorder.addEventListener("dataavailable", ({ data }) => resolve(data.size > 0));
      recorder.addEventListener("error", () => resolve(false));
      clock.after(3_000, () => resolve(false));
    });
    recorder.start();
    for (const colour of ["#000", "#fff", "#888"]) {
      context.fillStyle = colour;
      context.fillRect(0, 0, canvas.width, canvas.height);
      await pause(clock, 70);
    }
    if (recorder.state === "recording") recorder.stop();
    return await gotBytes;
  } catch {
    return false;
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}

export interface EncoderOptions {
  readonly stream: MediaStream;
  readonly size: Size;
  readonly mimeType: string;
  readonly clock: Clock;
  /** The next bytes of the stream, never empty. */
  readonly onChunk: (chunk: Blob) => void;
  /** Nothing more will come although nobody stopped; called at most once, with a sentence. */
  readonly onDeath: (reason: string) => void;
}

/** A running MediaRecorder that says so when it dies. It cannot go on in the same stream then: save what there is. */
export class Encoder {
  private readonly recorder: MediaRecorder;
  private readonly cancelWatch: () => void;
  private readonly ended: Promise<void>;
  private isStopping = false;
  private isDead = false;
  private chunks = 0;

  /** @throws DOMException when the browser refuses to record */
  constructor(private readonly options: EncoderOptions) {
    const { stream, size, mimeType } = options;
    const recorderOptions: VideoRecorderOptions = {
      mimeType,
      videoBitsPerSecond: videoBitsPerSecond(size),
      videoKeyFrameIntervalDuration: keyframeIntervalMs(mimeType),
    };
    this.recorder = new MediaRecorder(stream, recorderOptions);
    this.recorder.addEventListener("dataavailable", ({ data }) => this.take(data));
    this.recorder.addEventListener("error", () => this.die("failed"));
    this.ended = new Promise((resolve) => {
      this.recorder.addEventListener("stop", () => {
        resolve();
        this.die("ended");
      });
    });
    this.recorder.start(TIMESLICE_MS);
    this.cancelWatch = this.watch();
  }

  get isRunning(): boolean {
    return this.recorder.state === "recording";
  }

  /** Hands over what is encoded so far, before its time. */
  flush(): void {
    if (this.isRunning) this.recorder.requestData();
  }

  /** Resolves when the last bytes were handed over, or when a dead encoder had its chance. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.cancelWatch();
    if (this.recorder.state !== "inactive") this.recorder.stop();
    await Promise.race([this.ended, pause(this.options.clock, STOP_TIMEOUT_MS)]);
    for (const track of this.options.stream.getTracks()) track.stop();
  }

  private take(chunk: Blob): void {
    // Browsers hand over empty chunks now and then; they are no sign of life.
    if (chunk.size === 0) return;
    this.chunks += 1;
    this.options.onChunk(chunk);
  }

  /** Counts its own ticks rather than time, so that a computer that slept is not taken for a dead encoder. */
  private watch(): () => void {
    let silentTicks = 0;
    let seenChunks = this.chunks;
    return this.options.clock.every(TIMESLICE_MS, () => {
      silentTicks = seenChunks === this.chunks ? silentTicks + 1 : 0;
      seenChunks = this.chunks;
      if (silentTicks * TIMESLICE_MS >= SILENCE_MS) this.die("delivers nothing any more");
    });
  }

  private die(how: string): void {
    if (this.isStopping || this.isDead) return;
    this.isDead = true;
    this.cancelWatch();
    this.options.onDeath(
      `The browser's video encoder ${how}, so the recording was stopped. What was recorded until then is kept.`,
    );
  }
}
