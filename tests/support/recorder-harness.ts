import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import type { RecorderState } from "@/lib/recorder/recorder-state";
import { type DecodeOptions, decodeVideo, type Video } from "./video";
import { RawChromium, type RawTab } from "./raw-chromium";
import { RecorderLab } from "./recorder-lab";
import { RecordingEndpoint } from "./recording-endpoint";
import { requireCommand } from "./requirements";

const executablePath = requireCommand("chromium");

/** Whether this machine has what tests of the recorder need. */
export const canTestRecorder = executablePath !== null && requireCommand("ffmpeg") !== null;

export const MEBIBYTE = 1024 * 1024;

/** A file's tests share one browser and one server; each gets a tab with the recorder in it and an empty endpoint. */
export class RecorderHarness {
  folder = "";
  tab!: RawTab;
  lab!: RecorderLab;
  chromium!: RawChromium;

  /** To be called in a `describe`. */
  static install(): RecorderHarness {
    const harness = new RecorderHarness();
    beforeAll(async () => {
      harness.folder = await mkdtemp(join(tmpdir(), "sortie-recorder-"));
      harness.lab = await RecorderLab.start();
      await harness.launch();
    });
    afterAll(async () => {
      await harness.chromium.kill();
      await harness.lab.close();
      await rm(harness.folder, { recursive: true });
    });
    beforeEach(async () => {
      harness.lab.endpoint = new RecordingEndpoint();
      harness.lab.isPrivate = false;
      await harness.openLab();
    });
    afterEach(() => harness.tab.close());
    return harness;
  }

  get endpoint(): RecordingEndpoint {
    return this.lab.endpoint;
  }

  /** Always with the same profile. */
  async launch(): Promise<void> {
    this.chromium = await RawChromium.launch(executablePath ?? "", join(this.folder, "profile"));
  }

  async openLab(): Promise<void> {
    this.tab = await this.chromium.open(this.lab.url);
    const isReady = "document.URL !== 'about:blank' && 'lab' in self";
    await expect.poll(() => this.run<boolean>(isReady), { timeout: 20_000 }).toBe(true);
  }

  /** The value of an expression in the tab. */
  run<T>(expression: string): Promise<T> {
    return this.tab.evaluate<T>(expression);
  }

  /** Waits for the recorder's `state` to fulfil a condition. */
  until(condition: string): Promise<RecorderState> {
    return this.run(`lab.until((state) => ${condition})`);
  }

  async recordedFor(elapsedMs: number): Promise<void> {
    await this.until(`state.elapsedMs >= ${elapsedMs}`);
  }

  state(): Promise<RecorderState> {
    return this.run("lab.state()");
  }

  async startRecording(screen: string, maxSizeBytes = 500 * MEBIBYTE): Promise<void> {
    await this.run(`${screen}; lab.prepare(${maxSizeBytes}); lab.start()`);
    expect(await this.state()).toMatchObject({ phase: "recording" });
  }

  /** Stops and waits until the recording is ready; returns how long it was by the page's clock, in milliseconds. */
  async stopRecording(): Promise<number> {
    const elapsedMs = await this.run<number>("lab.stop()");
    await this.untilReady();
    return elapsedMs;
  }

  async untilReady(): Promise<void> {
    const ended = await this.until("state.phase === 'ready' || state.phase === 'failed'");
    if (ended.phase !== "ready") throw new Error(JSON.stringify(ended));
  }

  /** What the server has, decoded to the last frame. */
  received(options: DecodeOptions = {}): Promise<Video> {
    return decodeVideo(Buffer.concat(this.endpoint.only.bytes), options);
  }

  /** JavaScript's heap and the buffers that it holds, after a collection. */
  async memoryBytes(): Promise<number> {
    await this.tab.send("HeapProfiler.enable");
    await this.tab.send("HeapProfiler.collectGarbage");
    const heap = await this.tab.send<{ usedSize: number; backingStorageSize: number }>(
      "Runtime.getHeapUsage",
    );
    return heap.usedSize + heap.backingStorageSize;
  }
}

/** The last frame stands at the moment of the stop, give or take what a clock and a stream differ. */
export function expectDuration(video: Video, elapsedMs: number): void {
  const lastSeconds = video.frameTimes.at(-1) ?? 0;
  expect(Math.abs(lastSeconds - elapsedMs / 1000)).toBeLessThan(0.5);
}

/** The longest time in seconds that a frame stood. */
export function longestGap({ frameTimes }: Video): number {
  return Math.max(...frameTimes.slice(1).map((time, index) => time - (frameTimes[index] ?? 0)));
}

/** `expect.stringMatching` with a type. */
export function matching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}
