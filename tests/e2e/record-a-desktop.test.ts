import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContextOptions } from "playwright-core";
import { describe, expect, test } from "vitest";
import { HiddenDesktopTab } from "../support/hidden-desktop-tab";
import { RawChromium } from "../support/raw-chromium";
import { DesktopTab, fileOf, type MadeRecording } from "../support/desktop-tab";
import { canRunDesktops } from "../support/desktop-requirements";
import { PageScene } from "../support/page-checks";
import { requireCommand } from "../support/requirements";
import { decodeVideo, differingShare, greyPixels, soundOf } from "../support/video";

const missing = ["chromium", "ffmpeg", "ffprobe"].some((name) => requireCommand(name) === null);
/** The desktop without the bar, which is not recorded. */
const BELOW_THE_BAR = { x: 0, y: 0.2, width: 1, height: 0.8 };
/** Where the recorder says "Disconnected": the top left corner of 1280 × 800. */
const THE_NOTICE = { x: 12 / 1280, y: 12 / 800, width: 120 / 1280, height: 36 / 800 };
/** Prints for long enough to be seen moving. */
const BUSY_COMMAND = "for i in $(seq 400); do echo line $i of many; sleep 0.05; done\n";

describe.skipIf(missing || !canRunDesktops)("somebody who records a desktop", () => {
  const scene = PageScene.install({ flags: ["--use-fake-device-for-media-stream"] });

  const openDesktop = async (options: BrowserContextOptions = {}) =>
    DesktopTab.open(await scene.signedIn(options));

  /** What holds for every recording, whatever happened while it was made. */
  async function expectSound({ id, clockSeconds }: MadeRecording): Promise<string> {
    const file = await fileOf(scene.product, id);
    const { durationSeconds, codec } = await decodeVideo(file);
    expect(Math.abs(durationSeconds - clockSeconds)).toBeLessThan(0.5);
    expect(codec).toMatch(/^vp[89]$/);
    return file;
  }

  test("watches exactly what was on the screen, a moment after pressing stop", async () => {
    const tab = await openDesktop();
    await tab.record();
    await tab.recordUntil(2);
    await tab.type(BUSY_COMMAND);
    await tab.recordUntil(8);
    await tab.page.keyboard.press("Control+KeyC");
    await tab.type("clear; yes the end | head -30\n");
    await tab.recordUntil(10);
    const screenshot = join(scene.product.directory, "screen.png");
    await tab.page.screenshot({ path: screenshot });

    const recording = await tab.stop();
    await expect.poll(() => statusOf(recording.id), { timeout: 2_000, interval: 50 }).toBe("ready");

    const file = await expectSound(recording);
    const atTheEnd = recording.clockSeconds - 0.5;
    const screen = await greyPixels(screenshot, 0, BELOW_THE_BAR);
    const [early, middle, late] = [
      await greyPixels(file, 0.5, BELOW_THE_BAR),
      await greyPixels(file, 6, BELOW_THE_BAR),
      await greyPixels(file, atTheEnd, BELOW_THE_BAR),
    ];
    expect(differingShare(screen, late)).toBeLessThan(0.01);
    expect(differingShare(early, middle)).toBeGreaterThan(0.02);
    expect(differingShare(early, late)).toBeGreaterThan(0.01);
  });

  test("jumps to any moment of it, and nobody else sees it", async () => {
    const tab = await openDesktop();
    await tab.record();
    await tab.type(BUSY_COMMAND);
    await tab.recordUntil(12);
    const { id } = await tab.stop();
    await tab.saved();

    await tab.page.goto(`${scene.product.url}/recordings/${id}?t=0:07`);
    const video = tab.page.locator("video");
    await expect.poll(() => video.evaluate(shownTime)).toBeCloseTo(7, 0);
    for (const seconds of [11, 1, 5.5]) {
      const landed = await video.evaluate(seekTo, seconds);
      expect(Math.abs(landed - seconds)).toBeLessThan(1);
    }

    const stranger = await scene.product.addUser("stranger");
    const cookie = await scene.product.signIn(stranger);
    for (const path of [
      `recordings/${id}`,
      `recordings/${id}/download`,
      `recordings/${id}/poster`,
    ]) {
      const answer = await fetch(`${scene.product.url}/api/${path}`, { headers: { cookie } });
      expect(answer.status, path).toBe(403);
    }
    const list = await fetch(`${scene.product.url}/api/recordings`, { headers: { cookie } });
    expect(await list.json()).toEqual([]);
  });

  test("is heard in it where they turned the microphone on", async () => {
    const tab = await openDesktop();
    await tab.page.context().grantPermissions(["microphone"]);
    await tab.showBar();
    await tab.bar.getByRole("button", { name: "Turn the microphone on" }).click();
    await tab.bar.getByRole("button", { name: "Microphone on" }).waitFor();
    await tab.record();
    await tab.recordUntil(3);
    const { id } = await tab.stop();
    await tab.saved();
    const sound = await soundOf(await readFile(await fileOf(scene.product, id)));
    expect(sound.codec).toBe("opus");
    expect(sound.loudestDecibels).toBeGreaterThan(-30);
  });

  test.each([
    { device: "a mouse", hasTouch: false },
    { device: "a mouse beside a touch screen", hasTouch: true },
  ])("sees where they pointed with $device, and no more once it left", async ({ hasTouch }) => {
    const tab = await openDesktop({ hasTouch });
    await tab.record();
    await tab.page.mouse.move(700, 500);
    await tab.recordUntil(3);
    await tab.showBar();
    await tab.recordUntil(6);
    const recording = await tab.stop();
    await tab.saved();
    const file = await expectSound(recording);
    const around = { x: 680 / 1280, y: 480 / 800, width: 40 / 1280, height: 40 / 800 };
    const there = await greyPixels(file, 2, around);
    const left = await greyPixels(file, recording.clockSeconds - 0.5, around);
    expect(differingShare(there, left)).toBeGreaterThan(0.02);
  });

  test("has a whole recording also of a screen on which nothing moves", async () => {
    const tab = await openDesktop();
    await tab.record();
    await tab.recordUntil(5);
    const recording = await tab.stop();
    await tab.saved();
    await expectSound(recording);
  });

  test("has one picture of one size when the window is resized half-way", async () => {
    const tab = await openDesktop();
    await tab.record();
    await tab.type(BUSY_COMMAND);
    await tab.recordUntil(3);
    await tab.page.setViewportSize({ width: 900, height: 700 });
    await tab.recordUntil(8);
    const recording = await tab.stop();
    await tab.saved();
    const file = await expectSound(recording);
    const { width, height } = await decodeVideo(file);
    expect({ width, height }).toEqual({ width: 1280, height: 800 });
    const before = await greyPixels(file, 1, BELOW_THE_BAR);
    const after = await greyPixels(file, recording.clockSeconds - 0.5, BELOW_THE_BAR);
    expect(differingShare(before, after)).toBeGreaterThan(0.05);
  });

  test("is told by the picture when the connection was lost, and for how long", async () => {
    const tab = await openDesktop();
    await tab.record();
    await tab.recordUntil(3);
    const lostAt = tab.recordedSeconds();
    await tab.loseConnection();
    await tab.recordUntil(7);
    const middleOfGap = (lostAt + tab.recordedSeconds()) / 2;
    await tab.regainConnection();
    await tab.recordUntil(tab.recordedSeconds() + 2);
    const recording = await tab.stop();
    await tab.saved();
    const file = await expectSound(recording);
    const [before, during, after] = [
      await greyPixels(file, 1.5, THE_NOTICE),
      await greyPixels(file, middleOfGap, THE_NOTICE),
      await greyPixels(file, recording.clockSeconds - 0.5, THE_NOTICE),
    ];
    expect([before, during, after].map(hasBrightWords)).toEqual([false, true, false]);
    expect(differingShare(before, during)).toBeGreaterThan(0.05);
    expect(differingShare(before, after)).toBeLessThan(0.01);
  });

  test("has every second also of the time in which the tab was hidden behind another", async () => {
    const profile = join(scene.product.directory, "profile");
    const chromium = await RawChromium.launch("/usr/bin/chromium", profile);
    try {
      const tab = await HiddenDesktopTab.open(chromium, scene.product);
      await tab.record();
      const startedAt = performance.now();
      const { id } = await scene.product.db.recording.findFirstOrThrow({
        where: { sessionId: tab.sessionId },
      });
      await tab.hide();
      await arrivals(id, 3);
      await tab.show();
      await tab.toggleRecording();
      const clockSeconds = (performance.now() - startedAt) / 1000;
      await expect.poll(() => statusOf(id), { timeout: 10_000 }).toBe("ready");
      const file = await expectSound({ id, clockSeconds });
      const [early, late] = [
        await greyPixels(file, 1, BELOW_THE_BAR),
        await greyPixels(file, clockSeconds - 1, BELOW_THE_BAR),
      ];
      expect(differingShare(early, late)).toBeGreaterThan(0.02);
    } finally {
      await chromium.kill();
    }
  });

  test("keeps what was recorded when the server is killed and started again half-way", async () => {
    const tab = await openDesktop();
    await tab.record();
    await tab.type(BUSY_COMMAND);
    await tab.recordUntil(4);
    await scene.product.kill();
    await tab.recordUntil(7);
    await scene.product.start();
    const recording = await tab.stopped();
    await tab.saved();
    expect(recording.clockSeconds).toBeGreaterThan(6);
    await expectSound(recording);
  });

  /** Waits until the server has received bytes so many more times. */
  async function arrivals(id: string, times: number): Promise<void> {
    const offsetOf = async () =>
      (await scene.product.db.recording.findUniqueOrThrow({ where: { id } })).uploadOffset;
    for (let time = 0; time < times; time++) {
      const before = await offsetOf();
      await expect.poll(offsetOf, { timeout: 15_000 }).toBeGreaterThan(before);
    }
  }

  async function statusOf(id: string): Promise<string> {
    return (await scene.product.db.recording.findUniqueOrThrow({ where: { id } })).status;
  }
});

/** Bright letters on what is otherwise dark. */
function hasBrightWords(pixels: Buffer): boolean {
  const brightShare = pixels.filter((grey) => grey > 150).length / pixels.length;
  return brightShare > 0.03 && brightShare < 0.5;
}

/** The time of the frame that is shown, once one is. */
function shownTime(video: HTMLVideoElement | SVGElement): number {
  return video instanceof HTMLVideoElement && video.readyState >= 2 ? video.currentTime : NaN;
}

/** Seeks, and resolves with the media time of the frame that is shown then. */
async function seekTo(element: HTMLVideoElement | SVGElement, seconds: number): Promise<number> {
  const video = element as HTMLVideoElement;
  const frame = new Promise<number>((resolve) => {
    video.requestVideoFrameCallback((_now, { mediaTime }) => resolve(mediaTime));
  });
  video.currentTime = seconds;
  return frame;
}
