import { describe, expect, it } from "vitest";

import {
  canTestRecorder,
  expectDuration,
  longestGap,
  matching,
  MEBIBYTE,
  RecorderHarness,
} from "@/tests/support/recorder-harness";
import type { Video } from "@/tests/support/video";
import { RecordingEndpoint } from "@/tests/support/recording-endpoint";
import { recordNoWebm } from "@/tests/support/without-webm";

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

  it("records MP4 where the browser records no WebM, just as safely", async () => {
    await bench.run(`(${recordNoWebm.toString()})()`);
    await bench.startRecording("lab.show(1280, 720, '#000000'); lab.move()");
    // A second or two after it was drawn, and not when the recording ends.
    await bench.until("state.safeMs >= 3000");
    await bench.run("lab.still(); lab.fill('#ffffff')");
    const elapsedMs = await bench.stopRecording();
    const video = await bench.received();
    expect(video).toMatchObject({ codec: "h264", width: 1280, height: 720 });
    // It ends with a whole fragment, so up to two of them after the stop.
    const overrunSeconds = (video.frameTimes.at(-1) ?? 0) - elapsedMs / 1_000;
    expect(overrunSeconds).toBeGreaterThan(-0.5);
    expect(overrunSeconds).toBeLessThan(2.5);
    expect(video.colourAt(-1, 0.5, 0.5)[0]).toBeGreaterThan(200);
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

  it("shows the pointer where it is, and nothing of it once it has left", async () => {
    await bench.startRecording("lab.show(640, 360, '#204060'); lab.point('#ff0000', 100, 100, 40)");
    await bench.recordedFor(1_500);
    await bench.run("lab.point('#ff0000', 500, 200, 40)");
    await bench.recordedFor(3_000);
    await bench.run("lab.leave()");
    await bench.recordedFor(4_500);
    await bench.stopRecording();
    const video = await bench.received();
    const [first, second, third] = [1, 2.5, 4.2].map((seconds) => redAreaAt(video, seconds));
    expect(first).toEqual({ left: 100, top: 100, right: 140, bottom: 140 });
    expect(second).toEqual({ left: 500, top: 200, right: 540, bottom: 240 });
    expect(third).toBeNull();
  });

  it("shows a pointer's way over a screen on which nothing else moves", async () => {
    await bench.startRecording("lab.show(640, 360, '#204060'); lab.point('#ff0000', 300, 0, 40)");
    await bench.run("lab.movePointer()");
    await bench.recordedFor(4_000);
    await bench.stopRecording();
    const { frameTimes } = await bench.received();
    const framesPerSecond = frameTimes.length / (frameTimes.at(-1) ?? 0);
    expect(framesPerSecond).toBeGreaterThan(3);
  });

  it("scales the pointer with the desktop and keeps it within", async () => {
    await bench.startRecording("lab.show(640, 360, '#204060')");
    await bench.run("lab.resize(180, 180, '#204060'); lab.point('#ff0000', 160, 80, 40)");
    await bench.recordedFor(2_000);
    await bench.stopRecording();
    const area = { left: 460, top: 160, right: 500, bottom: 240 };
    expect(redAreaAt(await bench.received(), Infinity)).toEqual(area);
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

  it("makes fewer frames while the server is short of room, and ends when it has none", async () => {
    bench.endpoint.room = "low";
    await bench.startRecording("lab.show(640, 360, '#123'); lab.move()");
    await bench.until("state.isRoomShort");
    // What the state says of the time is half a second old at most, and the picture's own clock is close to it.
    const fromMs = (await bench.run<number>("lab.state().elapsedMs")) + 1_000;
    await bench.recordedFor(fromMs + 5_000);
    const toMs = await bench.run<number>("lab.state().elapsedMs");
    bench.endpoint.room = "out";
    await bench.untilReady();
    expect(await bench.state()).toMatchObject({ notice: matching(/no room left/) });
    const { frameTimes } = await bench.received();
    const spared = frameTimes.filter((time) => time * 1_000 > fromMs && time * 1_000 < toMs);
    // It draws no two of them closer together; a busy machine makes them fewer, never more.
    const apartMs = 300;
    expect(spared.length).toBeGreaterThan(0);
    expect(spared.length).toBeLessThan((toMs - fromMs) / apartMs + 3);
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

/** What surrounds all that is red in the last frame before a time, in pixels of a video of 640×360; null: nothing is. */
function redAreaAt(video: Video, seconds: number) {
  const frame = video.frameTimes.findLastIndex((time) => time <= seconds);
  const step = 10;
  const red = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (let y = 0; y < 360; y += step) {
    for (let x = 0; x < 640; x += step) {
      const [redness, greenness] = video.colourAt(frame, (x + 1) / 640, (y + 1) / 360);
      if (redness < 150 || greenness > 80) continue;
      red.left = Math.min(red.left, x);
      red.top = Math.min(red.top, y);
      red.right = Math.max(red.right, x + step);
      red.bottom = Math.max(red.bottom, y + step);
    }
  }
  return red.right > 0 ? red : null;
}
