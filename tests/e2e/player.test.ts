import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { capture } from "../support/captures";
import { DEVICES, expectFaultless, PageScene, SOON } from "../support/page-checks";
import { type SentRecording, startSentRecording } from "../support/sent-recording";

const CAPTURED_MS = 12_000;

const scene = PageScene.install();
let film: Uint8Array;
let page: Page;

beforeAll(async () => {
  film = await makeFilm();
});

async function makeFilm(): Promise<Uint8Array> {
  const blank = await scene.browser.newPage();
  const { bytes } = await capture(blank, {
    mimeType: "video/webm;codecs=vp8",
    canvas: "opaque",
    recordMs: CAPTURED_MS,
    width: 640,
    keyframeEveryMs: 1_000,
  });
  await blank.close();
  return bytes;
}

const start = () =>
  startSentRecording(page, scene.product.db, scene.product.administrator.username);

async function sendWhole(): Promise<SentRecording> {
  const recording = await start();
  await recording.send(film, true);
  return recording;
}

const video = () => page.locator("video");
const currentTime = () => video().evaluate((element: HTMLVideoElement) => element.currentTime);
const isPaused = () => video().evaluate((element: HTMLVideoElement) => element.paused);
const heading = (name: string) => page.getByText(name, { exact: true });

async function open(recording: SentRecording, query = ""): Promise<void> {
  await page.goto(`/recordings/${recording.id}${query}`);
  await page.waitForFunction(
    () => (document.querySelector("video")?.readyState ?? 0) >= HTMLMediaElement.HAVE_CURRENT_DATA,
  );
}

async function askToDelete(): Promise<void> {
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete recording" }).click();
  await page.getByText("1 recording will be deleted in ten seconds.").waitFor();
}

const kept = async ({ id }: SentRecording) =>
  (await scene.product.db.recording.count({ where: { id } })) === 1;

describe("somebody who watches", () => {
  beforeEach(async () => {
    page = await scene.signedIn();
  });

  it("is told how far a recording is, and gets the player by itself when it is ready", async () => {
    const recording = await start();
    const half = Math.floor(film.length / 2);
    await recording.send(film.subarray(0, half));
    await page.goto(`/recordings/${recording.id}`);
    await heading("Recording now").waitFor();
    await recording.stop();
    await page.getByText("The player appears here as soon as the rest has arrived").waitFor();
    await recording.send(film.subarray(half), true);
    await page.getByRole("button", { name: "play", exact: true }).waitFor();
    await expect
      .poll(() => video().evaluate((v: HTMLVideoElement) => v.duration))
      .toBeGreaterThan(10);
  });

  it("opens at the moment a link names, and copies such a link", async () => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const recording = await sendWhole();
    await open(recording, "?t=0:06");
    await expect.poll(currentTime, SOON).toBe(6);
    await page.getByRole("button", { name: "Copy link at 0:06" }).click();
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toBe(`${scene.product.url}/recordings/${recording.id}?t=6`);
  });

  it("drives the player by keyboard alone", async () => {
    await open(await sendWhole());
    await page.keyboard.press("l");
    await expect.poll(currentTime, SOON).toBe(10);
    await page.keyboard.press("ArrowLeft");
    await expect.poll(currentTime, SOON).toBe(5);
    await page.keyboard.press("0");
    await expect.poll(currentTime, SOON).toBe(0);
    await page.keyboard.press(">");
    await expect.poll(() => page.getByLabel("Speed").inputValue()).toBe("1.25");
    await page.keyboard.press("Space");
    await expect.poll(currentTime, SOON).toBeGreaterThan(0.5);
    await page.keyboard.press("k");
    await expect.poll(isPaused, SOON).toBe(true);
    await page.keyboard.press("f");
    await expect.poll(() => page.evaluate(() => document.fullscreenElement?.id)).toBe("player");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys of the player" }).waitFor();
    await page.keyboard.press("Space");
    expect(await isPaused(), "keys of an open dialog are not the player's").toBe(true);
  });

  it("presses what has the focus with Space, and does not play twice", async () => {
    await open(await sendWhole());
    await page.getByRole("button", { name: "play", exact: true }).focus();
    await page.keyboard.press("Space");
    await expect.poll(isPaused, SOON).toBe(false);
    await expect.poll(currentTime, SOON).toBeGreaterThan(0.5);
    expect(await isPaused()).toBe(false);
  });

  it("finds the marks in words, goes to their moments, and sees who watched before", async () => {
    const recording = await sendWhole();
    const { db } = scene.product;
    const { userId } = await db.recording.update({
      where: { id: recording.id },
      data: { truncated: true, origin: "policy" },
    });
    await db.auditEvent.create({
      data: {
        ...{ actorId: userId, actorName: "nora", action: "recording.view" },
        ...{ targetType: "recording", targetId: recording.id },
      },
    });
    await open(recording);
    const marks = page.getByRole("list", { name: "Marks" });
    await marks.getByRole("button", { name: "Cut at the limit here" }).click();
    await expect.poll(currentTime, SOON).toBeGreaterThan(9);
    await marks.getByRole("button", { name: "0:00 Started by policy" }).click();
    await expect.poll(currentTime, SOON).toBe(0);
    const viewings = page.getByRole("region", { name: "Who watched" });
    await viewings.getByText("nora watched it").waitFor();
    const dev = await scene.signedIn({}, await scene.product.addUser("devon"));
    const path = `/api/admin/audit?target_type=recording&target_id=${recording.id}`;
    expect((await dev.request.get(`${scene.product.url}${path}`)).status()).toBe(403);
  });

  it("chooses a speed from 0.25 to 8", async () => {
    await open(await sendWhole());
    await page.getByLabel("Speed").selectOption("8");
    const rate = () => video().evaluate((element: HTMLVideoElement) => element.playbackRate);
    await expect.poll(rate, SOON).toBe(8);
    const offered = await page.getByLabel("Speed").locator("option").allTextContents();
    expect([offered[0], offered.at(-1)]).toEqual(["0.25×", "8×"]);
  });
});

describe("the owner of a recording", () => {
  beforeEach(async () => {
    page = await scene.signedIn();
  });

  it("describes it where it stands", async () => {
    await open(await sendWhole());
    await page.getByRole("button", { name: "Add a description" }).click();
    await page.getByLabel("Description").fill("Payroll, step 3");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Payroll, step 3" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Payroll, step 3" }).waitFor();
  });

  it("downloads a file of the size that is shown", async () => {
    const recording = await sendWhole();
    await open(recording);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download" }).click(),
    ]);
    const row = await scene.product.db.recording.findUniqueOrThrow({ where: { id: recording.id } });
    expect(download.suggestedFilename()).toBe(row.filename);
    expect((await readFile(await download.path())).length).toBe(Number(row.sizeBytes));
  });

  it("deletes it ten seconds after being asked, and is back at the list", async () => {
    const recording = await sendWhole();
    await page.clock.install();
    await open(recording);
    await askToDelete();
    await page.clock.runFor(10_500);
    await page.waitForURL("**/recordings");
    await page.getByText("1 recording deleted.").first().waitFor();
    expect(await kept(recording)).toBe(false);
  });

  it("keeps it when that is taken back, or the page is left, within ten seconds", async () => {
    const recording = await sendWhole();
    await page.clock.install();
    await open(recording);
    await askToDelete();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Nothing was deleted.").first().waitFor();
    await page.clock.runFor(15_000);
    await askToDelete();
    await page.getByRole("link", { name: "Recordings" }).first().click();
    await page.getByText("You left the page: nothing was deleted.").first().waitFor();
    await page.clock.runFor(15_000);
    expect(await kept(recording)).toBe(true);
  });

  it("reads in words why it failed and what may be missing", async () => {
    const recording = await sendWhole();
    await scene.product.db.recording.update({
      where: { id: recording.id },
      data: { interrupted: true },
    });
    await open(recording);
    await page.getByText("Interrupted: the tab was closed").waitFor();
    const other = await start();
    await other.stop();
    await scene.product.db.recording.update({
      where: { id: other.id },
      data: { status: "failed", failReason: "nothing_captured", completedAt: new Date() },
    });
    await page.goto(`/recordings/${other.id}`);
    await page.getByText("No picture arrived before the recording ended").waitFor();
  });

  it("is told that a recording is not there", async () => {
    const answer = await page.goto("/recordings/00000000-0000-4000-8000-000000000000");
    expect(answer?.status()).toBe(404);
    await page.getByText("There is nothing at this address").waitFor();
  });
});

describe.each(DEVICES)("the player's page, $name", (device) => {
  it("has no fault that axe finds and never scrolls sideways, in every state", async () => {
    page = await scene.signedIn(device.options);
    const recording = await start();
    const half = Math.floor(film.length / 2);
    await recording.send(film.subarray(0, half));
    await recording.stop();
    await page.goto(`/recordings/${recording.id}`);
    await heading("Uploading").first().waitFor();
    await look("player uploading");
    await recording.send(film.subarray(half), true);
    await open(recording, "?t=5");
    await look("player ready");
    await askToDelete();
    await look("player undo");
    await page.getByRole("button", { name: "Undo" }).click();
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await look("player keys");
  });

  const look = (state: string) => expectFaultless(page, state, device);
});
