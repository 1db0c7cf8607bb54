import { describe, expect, test } from "vitest";
import type { RecordingJson } from "@/lib/recordings/recording-schema";
import { canRunDesktops } from "../support/desktop-requirements";
import { DesktopTab, fileOf } from "../support/desktop-tab";
import { PageScene } from "../support/page-checks";
import { requireCommand } from "../support/requirements";
import { decodeVideo } from "../support/video";
import { recordNoWebm } from "../support/without-webm";

const missing = ["chromium", "ffmpeg", "ffprobe"].some((name) => requireCommand(name) === null);

describe.skipIf(missing || !canRunDesktops)("somebody whose browser records no WebM", () => {
  const scene = PageScene.install();

  test("gets an MP4 file that plays, seeks and downloads as one", async () => {
    const page = await scene.signedIn();
    await page.context().addInitScript(recordNoWebm);
    const tab = await DesktopTab.open(page);
    await tab.record();
    await tab.type("for i in $(seq 100); do echo line $i of many; sleep 0.05; done\n");
    await tab.recordUntil(6);
    const { id, clockSeconds } = await tab.stop();
    await tab.saved();

    const recording = await page.evaluate(async (address) => {
      const response = await fetch(address);
      return (await response.json()) as RecordingJson;
    }, `/api/recordings/${id}`);
    expect(recording).toMatchObject({ status: "ready", format: "mp4", interrupted: false });
    expect(recording.filename).toMatch(/^Desktop .*\.mp4$/);
    expect(recording.codec).toMatch(/^avc1\.[0-9a-f]{6}$/);

    const path = await fileOf(scene.product, id);
    const video = await decodeVideo(path);
    expect(video).toMatchObject({
      codec: "h264",
      width: recording.width,
      height: recording.height,
    });
    expect(Math.abs(video.durationSeconds - clockSeconds)).toBeLessThan(0.5);
    expect(video.durationSeconds).toBeCloseTo(recording.duration_seconds ?? 0, 1);

    const headers = await page.evaluate(async (address) => {
      const { headers } = await fetch(address, { method: "HEAD" });
      return [headers.get("content-type"), headers.get("content-disposition")];
    }, `/api/recordings/${id}/download?download=1`);
    expect(headers[0]).toBe("video/mp4");
    expect(headers[1]).toMatch(/\.mp4"/);

    await page.goto(`/recordings/${id}?t=0:04`);
    const player = page.locator("video");
    await expect
      .poll(() => player.evaluate((shown: HTMLVideoElement) => shown.currentTime))
      .toBeCloseTo(4, 0);
  });
});
