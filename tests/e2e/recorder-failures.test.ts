import { describe, expect, it } from "vitest";
import type { RecorderState } from "@/lib/recorder/recorder-state";
import {
  canTestRecorder,
  expectDuration,
  matching,
  MEBIBYTE,
  RecorderHarness,
} from "@/tests/support/recorder-harness";
import { decodeVideo } from "@/tests/support/video";

describe.skipIf(!canTestRecorder)("the recorder in Chromium, when something fails", () => {
  const bench = RecorderHarness.install();

  it("loses nothing when the server is away for a while", async () => {
    await bench.startRecording("lab.show(640, 360, '#123'); lab.move()");
    await bench.until("state.safeBytes > 0");
    bench.endpoint.isUp = false;
    await bench.until("state.link.state === 'retrying'");
    const awayAtMs = await bench.run<number>("lab.state().elapsedMs");
    await bench.recordedFor(awayAtMs + 3_000);
    bench.endpoint.isUp = true;
    await bench.until("state.link.state === 'online'");
    const elapsedMs = await bench.stopRecording();
    expectDuration(await bench.received(), elapsedMs);
  });

  it("saves by itself what was left to send when the server comes back after the stop", async () => {
    await bench.startRecording("lab.show(640, 360, '#123'); lab.move()");
    await bench.recordedFor(2_000);
    bench.endpoint.isUp = false;
    const elapsedMs = await bench.run<number>("lab.stop()");
    await bench.until("state.phase === 'saving' && state.link.state === 'retrying'");
    expect(await bench.run("lab.asksBeforeLeaving()")).toBe(true);
    bench.endpoint.isUp = true;
    await bench.untilReady();
    expectDuration(await bench.received(), elapsedMs);
  });

  it("says at once that nothing was recorded, also while the server is away", async () => {
    await bench.run(`lab.show(640, 360, '#123'); lab.move(); lab.prepare(${MEBIBYTE})`);
    await bench.run("lab.start().then(() => lab.withholdBytes())");
    bench.endpoint.isUp = false;
    await bench.run("lab.stop()");
    await bench.until("state.phase === 'failed'");
    expect(await bench.state()).toMatchObject({
      recordingId: bench.endpoint.only.id,
      reason: matching(/^Nothing was recorded/),
      keptBytes: 0,
    });
    expect(await bench.run("lab.spools()")).toEqual({});
    bench.endpoint.isUp = true;
  });

  it("has its poster although the server did not take it the first time", async () => {
    bench.endpoint.refusesPosters = true;
    await bench.startRecording("lab.show(640, 360, '#123'); lab.move()");
    const posters = () => bench.endpoint.requests.filter(({ path }) => path.endsWith("/poster"));
    await expect.poll(() => posters().length, { timeout: 20_000 }).toBeGreaterThan(1);
    expect(bench.endpoint.only.poster).toBeNull();
    bench.endpoint.refusesPosters = false;
    await expect.poll(() => bench.endpoint.only.poster, { timeout: 20_000 }).not.toBeNull();
    await bench.stopRecording();
  });

  it("keeps what it has in this browser when the recording is deleted under it", async () => {
    await bench.startRecording("lab.show(640, 360, '#123'); lab.move()");
    const { id } = bench.endpoint.only;
    await bench.until("state.safeBytes > 0");
    bench.endpoint.recordings.clear();
    await bench.until("state.phase === 'failed'");
    const failed = await bench.state();
    expect(failed).toMatchObject({ recordingId: id, reason: matching(/deleted/) });
    const spools = await bench.run<Record<string, Record<string, number>>>("lab.spools()");
    const keptBytes = failed.phase === "failed" ? failed.keptBytes : 0;
    expect(keptBytes).toBeGreaterThan(0);
    expect(spools[id]?.["stream"]).toBe(keptBytes);
  });

  it("saves what there is, and says why, when the browser stops encoding", async () => {
    await bench.startRecording("lab.show(640, 360, '#123'); lab.move()");
    await bench.recordedFor(2_500);
    await bench.run("lab.endStreams()");
    await bench.untilReady();
    expect(await bench.state()).toMatchObject({ notice: matching(/encoder/) });
    expect((await bench.received()).frameTimes.at(-1)).toBeGreaterThan(1.5);
  });

  it("notices when the browser's encoder falls silent, and saves what there is", async () => {
    await bench.startRecording("lab.show(640, 360, '#123'); lab.move()");
    await bench.recordedFor(2_500);
    await bench.run("lab.silenceEncoders()");
    await bench.until("state.phase === 'saving'");
    await bench.untilReady();
    expect(await bench.state()).toMatchObject({ notice: matching(/encoder delivers nothing/) });
    expect((await bench.received()).frameTimes.at(-1)).toBeGreaterThan(1.5);
  });

  it("stops loudly, with all that fitted, when the browser has no room left", async () => {
    await bench.startRecording("lab.show(1280, 720, '#123'); lab.move()");
    const { origin } = new URL(bench.lab.url);
    const usage = await bench.run<{ usage: number }>("navigator.storage.estimate()");
    const quotaSize = usage.usage + 3 * MEBIBYTE;
    await bench.tab.send("Storage.overrideQuotaForOrigin", { origin, quotaSize });
    await bench.untilReady();
    await bench.tab.send("Storage.overrideQuotaForOrigin", { origin });
    expect(await bench.state()).toMatchObject({
      phase: "ready",
      notice: matching(/no room/),
    });
    expect((await bench.received({ mayEndEarly: true })).frameTimes.at(-1)).toBeGreaterThan(1);
  });

  it("records in memory, and says so, where the browser keeps no files", async () => {
    await bench.tab.close();
    bench.lab.isPrivate = true;
    await bench.openLab();
    await bench.startRecording("lab.show(640, 360, '#123'); lab.move()");
    expect(await bench.state()).toMatchObject({ keptIn: "memory" });
    await bench.until("state.safeMs >= 2000");
    const elapsedMs = await bench.stopRecording();
    expectDuration(await bench.received(), elapsedMs);
  });

  it("keeps everything up to the last second when the browser is killed", async () => {
    await bench.startRecording("lab.show(640, 360, '#123'); lab.move()");
    const { id } = bench.endpoint.only;
    bench.endpoint.isUp = false;
    await bench.recordedFor(4_000);
    const locks = "navigator.locks.query().then(({ held }) => held.map(({ name }) => name))";
    expect(await bench.run(locks)).toEqual([`sortie-spool/${id}`]);
    const killedAt = (await bench.state()) as Extract<RecorderState, { phase: "recording" }>;
    await bench.chromium.kill();
    await bench.launch();
    await bench.openLab();

    const spools = await bench.run<Record<string, Record<string, number>>>("lab.spools()");
    expect(spools[id]?.["stream"]).toBeGreaterThanOrEqual(killedAt.spooledBytes);
    const spooled = await bench.run<string>(`lab.spooled("${id}", "stream")`);
    const video = await decodeVideo(Buffer.from(spooled, "base64"), { mayEndEarly: true });
    expect(video.frameTimes.at(-1)).toBeGreaterThan(killedAt.elapsedMs / 2_000);
    const label = await bench.run<string>(`lab.spooled("${id}", "label.json")`);
    expect(JSON.parse(Buffer.from(label, "base64").toString())).toMatchObject({
      recordingId: id,
      uploadUrl: `${bench.lab.url}api/recordings/${id}/upload`,
      mimeType: "video/webm;codecs=vp9",
    });
    expect(await bench.run(locks)).toEqual([]);
  });
});
