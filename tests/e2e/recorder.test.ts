import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RecorderState } from "@/lib/recorder/recorder-state";
import { type DecodedVideo, decodeVideo } from "@/tests/support/decoded-video";
import { RawChromium, type RawTab } from "@/tests/support/raw-chromium";
import { RecorderLab } from "@/tests/support/recorder-lab";
import { RecordingEndpoint } from "@/tests/support/recording-endpoint";
import { requireCommand } from "@/tests/support/requirements";

const executablePath = requireCommand("chromium");
const isPossible = executablePath !== null && requireCommand("ffmpeg") !== null;
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
const MEBIBYTE = 1024 * 1024;

describe.skipIf(!isPossible)("the recorder in Chromium", () => {
  let folder: string;
  let lab: RecorderLab;
  let chromium: RawChromium;
  let tab: RawTab;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sortie-recorder-"));
    lab = await RecorderLab.start();
    chromium = await launch();
  });

  afterAll(async () => {
    await chromium.kill();
    await lab.close();
    await rm(folder, { recursive: true });
  });

  beforeEach(async () => {
    lab.endpoint = new RecordingEndpoint();
    lab.isPrivate = false;
    tab = await openLab();
  });

  afterEach(async () => {
    await tab.close();
  });

  function launch(): Promise<RawChromium> {
    return RawChromium.launch(executablePath ?? "", join(folder, "profile"));
  }

  async function openLab(): Promise<RawTab> {
    const opened = await chromium.open(lab.url);
    const isReady = () =>
      opened.evaluate<boolean>("document.URL !== 'about:blank' && 'lab' in self");
    await expect.poll(isReady, { timeout: 20_000 }).toBe(true);
    return opened;
  }

  const until = (condition: string) =>
    tab.evaluate<RecorderState>(`lab.until((state) => ${condition})`);
  const recordedFor = (ms: number) => until(`state.elapsedMs >= ${ms}`);
  const state = () => tab.evaluate<RecorderState>("lab.state()");

  async function startRecording(screen: string, maxSizeBytes = 500 * MEBIBYTE): Promise<void> {
    await tab.evaluate(`${screen}; lab.prepare(${maxSizeBytes}); lab.start()`);
    expect(await state()).toMatchObject({ phase: "recording" });
  }

  /** Stops and waits until the recording is ready; returns how long it was by the page's clock. */
  async function stopRecording(): Promise<number> {
    const elapsedMs = await tab.evaluate<number>("lab.stop()");
    await untilReady();
    return elapsedMs;
  }

  async function untilReady(): Promise<void> {
    const ended = await until("state.phase === 'ready' || state.phase === 'failed'");
    if (ended.phase !== "ready") throw new Error(JSON.stringify(ended));
  }

  async function received(mayEndEarly = false): Promise<DecodedVideo> {
    const path = join(folder, `${lab.endpoint.only.id}.webm`);
    await writeFile(path, Buffer.concat(lab.endpoint.only.bytes));
    return decodeVideo(path, { mayEndEarly });
  }

  /** The last frame stands at the moment of the stop, give or take what a clock and a stream differ. */
  function expectDuration(video: DecodedVideo, elapsedMs: number): void {
    const lastSeconds = video.frameTimes.at(-1) ?? 0;
    expect(Math.abs(lastSeconds - elapsedMs / 1000)).toBeLessThan(0.5);
  }

  it("records a moving screen whole, and forgets it once the server has it", async () => {
    await startRecording("lab.show(1280, 720, '#123'); lab.move()");
    expect(await tab.evaluate("lab.asksBeforeLeaving()")).toBe(true);
    await recordedFor(5_000);
    const elapsedMs = await stopRecording();

    const video = await received();
    expect(video).toMatchObject({ codec: "vp9", width: 1280, height: 720 });
    expectDuration(video, elapsedMs);
    const { only } = lab.endpoint;
    expect(only).toMatchObject({ status: "ready", length: only.offset, stops: 1 });
    expect(only.poster?.subarray(8, 12).toString()).toBe("WEBP");
    expect(await tab.evaluate("lab.spools()")).toEqual({});
    expect(await tab.evaluate("lab.asksBeforeLeaving()")).toBe(false);
  });

  it("keeps bytes flowing and time right on a screen where nothing moves", async () => {
    await startRecording("lab.show(1024, 768, '#204060')");
    await until("state.safeMs >= 3000");
    const elapsedMs = await stopRecording();
    const video = await received();
    expectDuration(video, elapsedMs);
    const gaps = video.frameTimes
      .slice(1)
      .map((time, index) => time - (video.frameTimes[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(2);
  });

  it("ends with what was on the screen when it was stopped", async () => {
    await startRecording("lab.show(640, 360, '#000000')");
    await recordedFor(1_500);
    await tab.evaluate("lab.fill('#ffffff'); lab.stop()");
    await untilReady();
    const [red] = (await received()).colourAt(-1, 0.5, 0.5);
    expect(red).toBeGreaterThan(200);
  });

  it("notices a single typed character anywhere on a large screen", async () => {
    const notices = "lab.show(2560, 1440, '#1e1e1e'); lab.notices('.')";
    expect(await tab.evaluate(notices)).toBe(true);
  });

  it("keeps its size and shows the whole screen when the desktop is resized half-way", async () => {
    await startRecording("lab.show(1280, 720, '#ffffff')");
    await recordedFor(1_500);
    await tab.evaluate("lab.resize(720, 720, '#ffffff')");
    await recordedFor(3_000);
    const elapsedMs = await stopRecording();
    const video = await received();
    expect(video).toMatchObject({ width: 1280, height: 720 });
    expectDuration(video, elapsedMs);
    expect(video.colourAt(0, 0.02, 0.5)[0]).toBeGreaterThan(200);
    expect(video.colourAt(-1, 0.02, 0.5)[0]).toBeLessThan(30);
    expect(video.colourAt(-1, 0.5, 0.5)[0]).toBeGreaterThan(200);
  });

  it("dims the last picture while the screen is gone, and goes on with a new one", async () => {
    await startRecording("lab.show(640, 360, '#ffffff')");
    await recordedFor(1_500);
    await tab.evaluate("lab.hide()");
    await recordedFor(3_500);
    await tab.evaluate("lab.show(640, 360, '#00ff00')");
    await recordedFor(5_000);
    const elapsedMs = await stopRecording();
    const video = await received();
    expectDuration(video, elapsedMs);
    const duringGap = video.frameTimes.findIndex((time) => time > 2.5);
    const [gapRed] = video.colourAt(duringGap, 0.5, 0.5);
    expect(gapRed).toBeGreaterThan(60);
    expect(gapRed).toBeLessThan(180);
    const [red, green] = video.colourAt(-1, 0.5, 0.5);
    expect(green - red).toBeGreaterThan(150);
  });

  it("goes on in a tab that nobody sees", async () => {
    await startRecording("lab.show(640, 360, '#123'); lab.move()");
    const other = await chromium.open("about:blank");
    expect(await tab.evaluate("document.visibilityState")).toBe("hidden");
    const hiddenAtMs = await tab.evaluate<number>("lab.state().elapsedMs");
    await recordedFor(hiddenAtMs + 6_000);
    await until("state.safeMs > 3000");
    const elapsedMs = await stopRecording();
    expect(await tab.evaluate("document.visibilityState")).toBe("hidden");
    await other.close();
    const video = await received();
    expectDuration(video, elapsedMs);
    const gaps = video.frameTimes
      .slice(1)
      .map((time, index) => time - (video.frameTimes[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(2);
  });

  it("loses nothing when the server is away for a while", async () => {
    await startRecording("lab.show(640, 360, '#123'); lab.move()");
    await until("state.safeBytes > 0");
    lab.endpoint.isUp = false;
    await until("state.link.state === 'retrying'");
    const awayAtMs = await tab.evaluate<number>("lab.state().elapsedMs");
    await recordedFor(awayAtMs + 3_000);
    lab.endpoint.isUp = true;
    await until("state.link.state === 'online'");
    const elapsedMs = await stopRecording();
    expectDuration(await received(), elapsedMs);
  });

  it("saves by itself what was left to send when the server comes back after the stop", async () => {
    await startRecording("lab.show(640, 360, '#123'); lab.move()");
    await recordedFor(2_000);
    lab.endpoint.isUp = false;
    const elapsedMs = await tab.evaluate<number>("lab.stop()");
    await until("state.phase === 'saving' && state.link.state === 'retrying'");
    expect(await tab.evaluate("lab.asksBeforeLeaving()")).toBe(true);
    lab.endpoint.isUp = true;
    await untilReady();
    expectDuration(await received(), elapsedMs);
  });

  it("stops at the size limit and keeps all up to it", async () => {
    lab.endpoint.limitBytes = 300_000;
    await startRecording("lab.show(640, 360, '#123'); lab.move()", 300_000);
    await untilReady();
    expect(await state()).toMatchObject({
      truncated: true,
      notice: matching(/limit/),
    });
    expect(lab.endpoint.only.offset).toBe(300_000);
  });

  it("keeps what it has in this browser when the recording is deleted under it", async () => {
    await startRecording("lab.show(640, 360, '#123'); lab.move()");
    const { id } = lab.endpoint.only;
    await until("state.safeBytes > 0");
    lab.endpoint.recordings.clear();
    await until("state.phase === 'failed'");
    const failed = await state();
    expect(failed).toMatchObject({ recordingId: id, reason: matching(/deleted/) });
    const spools = await tab.evaluate<Record<string, Record<string, number>>>("lab.spools()");
    const keptBytes = failed.phase === "failed" ? failed.keptBytes : 0;
    expect(keptBytes).toBeGreaterThan(0);
    expect(spools[id]?.["stream.webm"]).toBe(keptBytes);
  });

  it("saves what there is, and says why, when the browser stops encoding", async () => {
    await startRecording("lab.show(640, 360, '#123'); lab.move()");
    await recordedFor(2_500);
    await tab.evaluate("lab.endStreams()");
    await untilReady();
    expect(await state()).toMatchObject({ notice: matching(/encoder/) });
    expect((await received()).frameTimes.at(-1)).toBeGreaterThan(1.5);
  });

  it("stops loudly, with all that fitted, when the browser has no room left", async () => {
    await startRecording("lab.show(1280, 720, '#123'); lab.move()");
    const { origin } = new URL(lab.url);
    const usage = await tab.evaluate<{ usage: number }>("navigator.storage.estimate()");
    const quotaSize = usage.usage + 3 * MEBIBYTE;
    await tab.send("Storage.overrideQuotaForOrigin", { origin, quotaSize });
    await untilReady();
    await tab.send("Storage.overrideQuotaForOrigin", { origin });
    expect(await state()).toMatchObject({
      phase: "ready",
      notice: matching(/no room/),
    });
    expect((await received(true)).frameTimes.at(-1)).toBeGreaterThan(1);
  });

  it("records in memory, and says so, where the browser keeps no files", async () => {
    await tab.close();
    lab.isPrivate = true;
    tab = await openLab();
    await startRecording("lab.show(640, 360, '#123'); lab.move()");
    expect(await state()).toMatchObject({ keptIn: "memory" });
    await until("state.safeMs >= 2000");
    const elapsedMs = await stopRecording();
    expectDuration(await received(), elapsedMs);
  });

  it("says what is missing in a browser that cannot record", async () => {
    await tab.evaluate("delete globalThis.MediaRecorder; lab.prepare(1)");
    const reason = matching(/lacks MediaRecorder/);
    expect(await state()).toEqual({ phase: "unsupported", reason });
  });

  it("does not start without a picture, and tells the server nothing", async () => {
    await tab.evaluate("lab.prepare(1); lab.start()");
    const reason = matching(/no picture/);
    expect(await state()).toMatchObject({ phase: "failed", recordingId: null, reason });
    expect(lab.endpoint.recordings.size).toBe(0);
  });

  it("records again after a recording, and a very short one too", async () => {
    await startRecording("lab.show(640, 360, '#123'); lab.move()");
    await stopRecording();
    lab.endpoint = new RecordingEndpoint();
    await tab.evaluate("lab.start()");
    await stopRecording();
    expect((await received()).frameTimes.length).toBeGreaterThan(0);
  });

  it("needs no more memory the longer it records", async () => {
    await startRecording("lab.show(1280, 720, '#123'); lab.move()");
    await recordedFor(4_000);
    const early = await memoryInUse();
    await recordedFor(20_000);
    const late = await memoryInUse();
    const spooled = (await state()) as { spooledBytes: number };
    await stopRecording();
    expect(spooled.spooledBytes).toBeGreaterThan(3 * MEBIBYTE);
    expect(late - early).toBeLessThan(MEBIBYTE);
  });

  /** JavaScript's heap and the buffers it holds, after a collection. */
  async function memoryInUse(): Promise<number> {
    await tab.send("HeapProfiler.enable");
    await tab.send("HeapProfiler.collectGarbage");
    const heap = await tab.send<{ usedSize: number; backingStorageSize: number }>(
      "Runtime.getHeapUsage",
    );
    return heap.usedSize + heap.backingStorageSize;
  }

  it("keeps everything up to the last second when the browser is killed", async () => {
    await startRecording("lab.show(640, 360, '#123'); lab.move()");
    const { id } = lab.endpoint.only;
    lab.endpoint.isUp = false;
    await recordedFor(4_000);
    const killedAt = (await state()) as Extract<RecorderState, { phase: "recording" }>;
    await chromium.kill();
    chromium = await launch();
    tab = await openLab();

    const spools = await tab.evaluate<Record<string, Record<string, number>>>("lab.spools()");
    expect(spools[id]?.["stream.webm"]).toBeGreaterThanOrEqual(killedAt.spooledBytes);
    const spooled = await tab.evaluate<string>(`lab.spooled("${id}", "stream.webm")`);
    const path = join(folder, "killed.webm");
    await writeFile(path, Buffer.from(spooled, "base64"));
    const video = await decodeVideo(path, { mayEndEarly: true });
    expect(killedAt.elapsedMs / 1000 - (video.frameTimes.at(-1) ?? 0)).toBeLessThan(1.5);
    const label = await tab.evaluate<string>(`lab.spooled("${id}", "label.json")`);
    expect(JSON.parse(Buffer.from(label, "base64").toString())).toMatchObject({
      recordingId: id,
      uploadUrl: `${lab.url}api/recordings/${id}/upload`,
      mimeType: "video/webm;codecs=vp9",
    });
    const held = await tab.evaluate<unknown[]>("navigator.locks.query().then((all) => all.held)");
    expect(held).toEqual([]);
  });
});
