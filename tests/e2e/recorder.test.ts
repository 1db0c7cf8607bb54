import { describe, expect, it } from "vitest";

import {
  canTestRecorder,
  expectDuration,
  longestGap,
  matching,
  MEBIBYTE,
  RecorderHarness,
} from "@/tests/support/recorder-harness";
import { RecordingEndpoint } from "@/tests/support/recording-endpoint";

describe.skipIf(!canTestRecorder)("the recorder in Chromium", () => {
  const bench = RecorderHarness.install();

  it("records a moving screen whole, and forgets it once the server has it", async () => {
    await bench.startRecording("lab.show(1280, 720, '#123'); lab.move()");
    expect(await bench.run("lab.asksBeforeLeaving()")).toBe(true);
    await bench.recordedFor(5_000);
    const elapsedMs = await bench.stopRecording();

    const video = await bench.received();
    expect(video).toMatchObject({ codec: "vp9", width: 1280, height: 720 });
    expectDuration(video, elapsedMs);
    const { only } = bench.endpoint;
    expect(only).toMatchObject({ status: "ready", length: only.offset, stops: 1 });
    expect(only.poster?.subarray(8, 12).toString()).toBe("WEBP");
    expect(await bench.run("lab.spools()")).toEqual({});
    expect(await bench.run("lab.asksBeforeLeaving()")).toBe(false);
  });

  it("keeps bytes flowing and time right on a screen where nothing moves", async () => {
    await bench.startRecording("lab.show(1024, 768, '#204060')");
    await bench.until("state.safeMs >= 3000");
    const elapsedMs = await bench.stopRecording();
    const video = await bench.received();
    expectDuration(video, elapsedMs);
    expect(longestGap(video)).toBeLessThan(2);
  });

  it("ends with what was on the screen when it was stopped", async () => {
    await bench.startRecording("lab.show(640, 360, '#000000')");
    await bench.recordedFor(1_500);
    await bench.run("lab.fill('#ffffff'); lab.stop()");
    await bench.untilReady();
    const [red] = (await bench.received()).colourAt(-1, 0.5, 0.5);
    expect(red).toBeGreaterThan(200);
  });

  it("notices a single typed character anywhere on a large screen", async () => {
    const notices = "lab.show(2560, 1440, '#1e1e1e'); lab.notices('.')";
    expect(await bench.run(notices)).toBe(true);
  });

  it("keeps its size and shows the whole screen when the desktop is resized half-way", async () => {
    await bench.startRecording("lab.show(1280, 720, '#ffffff')");
    await bench.recordedFor(1_500);
    await bench.run("lab.resize(720, 720, '#ffffff')");
    await bench.recordedFor(3_000);
    const elapsedMs = await bench.stopRecording();
    const video = await bench.received();
    expect(video).toMatchObject({ width: 1280, height: 720 });
    expectDuration(video, elapsedMs);
    expect(video.colourAt(0, 0.02, 0.5)[0]).toBeGreaterThan(200);
    expect(video.colourAt(-1, 0.02, 0.5)[0]).toBeLessThan(30);
    expect(video.colourAt(-1, 0.5, 0.5)[0]).toBeGreaterThan(200);
  });

  it("dims the last picture while the screen is gone, and goes on with a new one", async () => {
    await bench.startRecording("lab.show(640, 360, '#ffffff')");
    await bench.recordedFor(1_500);
    await bench.run("lab.hide()");
    await bench.recordedFor(3_500);
    await bench.run("lab.show(640, 360, '#00ff00')");
    await bench.recordedFor(5_000);
    const elapsedMs = await bench.stopRecording();
    const video = await bench.received();
    expectDuration(video, elapsedMs);
    const duringGap = video.frameTimes.findIndex((time) => time > 2.5);
    const [gapRed] = video.colourAt(duringGap, 0.5, 0.5);
    expect(gapRed).toBeGreaterThan(60);
    expect(gapRed).toBeLessThan(180);
    const [red, green] = video.colourAt(-1, 0.5, 0.5);
    expect(green - red).toBeGreaterThan(150);
  });

  it("goes on in a tab that nobody sees", async () => {
    await bench.startRecording("lab.show(640, 360, '#123'); lab.move()");
    const other = await bench.chromium.open("about:blank");
    expect(await bench.run("document.visibilityState")).toBe("hidden");
    const hiddenAtMs = await bench.run<number>("lab.state().elapsedMs");
    await bench.recordedFor(hiddenAtMs + 6_000);
    await bench.until("state.safeMs > 3000");
    const elapsedMs = await bench.stopRecording();
    expect(await bench.run("document.visibilityState")).toBe("hidden");
    await other.close();
    const video = await bench.received();
    expectDuration(video, elapsedMs);
    expect(longestGap(video)).toBeLessThan(2);
  });

  it("stops at the size limit and keeps all up to it", async () => {
    bench.endpoint.limitBytes = 300_000;
    await bench.startRecording("lab.show(640, 360, '#123'); lab.move()", 300_000);
    await bench.untilReady();
    expect(await bench.state()).toMatchObject({
      truncated: true,
      notice: matching(/limit/),
    });
    expect(bench.endpoint.only.offset).toBe(300_000);
  });

  it("says what is missing in a browser that cannot record", async () => {
    await bench.run("delete globalThis.MediaRecorder; lab.prepare(1)");
    const reason = matching(/lacks MediaRecorder/);
    expect(await bench.state()).toEqual({ phase: "unsupported", reason });
  });

  it("does not start without a picture, and tells the server nothing", async () => {
    await bench.run("lab.prepare(1); lab.start()");
    const reason = matching(/no picture/);
    expect(await bench.state()).toMatchObject({ phase: "failed", recordingId: null, reason });
    expect(bench.endpoint.recordings.size).toBe(0);
  });

  it("records again after a recording, and a very short one too", async () => {
    await bench.startRecording("lab.show(640, 360, '#123'); lab.move()");
    await bench.stopRecording();
    bench.lab.endpoint = new RecordingEndpoint();
    await bench.run("lab.start()");
    await bench.stopRecording();
    expect((await bench.received()).frameTimes.length).toBeGreaterThan(0);
  });

  it("needs no more memory the longer it records", async () => {
    await bench.startRecording("lab.show(1280, 720, '#123'); lab.move()");
    await bench.until(`state.spooledBytes >= ${MEBIBYTE}`);
    const earlyBytes = await bench.memoryBytes();
    await bench.until(`state.spooledBytes >= ${5 * MEBIBYTE}`);
    const lateBytes = await bench.memoryBytes();
    await bench.stopRecording();
    expect(lateBytes - earlyBytes).toBeLessThan(MEBIBYTE);
  });
});
