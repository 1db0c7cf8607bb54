import { statfs } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { canRunDesktops } from "../support/desktop-requirements";
import { DesktopTab } from "../support/desktop-tab";
import {
  DEVICES,
  expectFaultless,
  faultsOf,
  keepPicture,
  NO_FAULTS,
  PageScene,
  signedInPage,
  SOON,
} from "../support/page-checks";
import { startProduct } from "../support/product";

const scene = PageScene.install();
let page: Page;
let tab: DesktopTab;

const onScreen = (name: string) => page.getByRole("heading", { name });

describe.skipIf(!canRunDesktops)("a desktop in its tab", () => {
  beforeEach(async () => {
    page = await scene.signedIn();
  });

  afterEach(async () => {
    await tab.endElsewhere();
  });

  it("fills the window, follows its size and takes what is typed", async () => {
    tab = await DesktopTab.launch(page);
    await tab.awaitPicture();
    await expect.poll(() => tab.size(), SOON).toEqual([1280, 800]);
    expect(await tab.hasKeyboard()).toBe(true);
    const before = await tab.picture();
    await page.keyboard.type("echo typed in a tab");
    await expect.poll(() => tab.picture(), SOON).not.toBe(before);
    await page.setViewportSize({ width: 1000, height: 640 });
    await expect.poll(() => tab.size(), SOON).toEqual([1000, 640]);
  });

  it("keeps its bar out of the way and at hand for pointer and keyboard", async () => {
    tab = await DesktopTab.launch(page);
    await tab.awaitPicture();
    await page.mouse.move(500, 500);
    await expect.poll(() => tab.barOpacity(), SOON).toBe("0");
    await page.mouse.move(640, 2);
    await expect.poll(() => tab.barOpacity(), SOON).toBe("1");
    await page.mouse.move(500, 500);
    await expect.poll(() => tab.barOpacity(), SOON).toBe("0");
    await page.keyboard.press("Control+Shift+M");
    await expect.poll(() => tab.barOpacity(), SOON).toBe("1");
    expect(await tab.hasKeyboard()).toBe(false);
    await page.keyboard.press("Escape");
    await expect.poll(() => tab.hasKeyboard(), SOON).toBe(true);
    await expect.poll(() => tab.barOpacity(), SOON).toBe("0");
    const isFull = () => page.evaluate(() => document.fullscreenElement !== null);
    for (const [label, becomesFull] of [
      ["Full screen", true],
      ["Leave full screen", false],
    ] as const) {
      await tab.showBar();
      await tab.bar.getByRole("button", { name: label, exact: true }).click();
      await expect.poll(isFull, SOON).toBe(becomesFull);
    }
    await tab.bar.getByRole("button", { name: "Full screen", exact: true }).waitFor();
  });

  it("says why nothing can be recorded in a browser that lacks what it takes, and hides nothing", async () => {
    await page.context().addInitScript("delete window.MediaRecorder");
    tab = await DesktopTab.launch(page);
    await tab.awaitPicture();
    const button = tab.bar.getByRole("button", { name: "Record", exact: true });
    expect(await button.getAttribute("aria-disabled")).toBe("true");
    await tab.showBar();
    await button.hover();
    await page.getByText("This browser cannot record: it lacks MediaRecorder.").first().waitFor();
    expect(await button.getAttribute("aria-description")).toContain("it lacks MediaRecorder.");
    expect(await faultsOf(page)).toEqual(NO_FAULTS);
  });

  it("is recorded by a shortcut that the desktop does not swallow, and watched in a new tab", async () => {
    tab = await DesktopTab.launch(page);
    await tab.awaitPicture();
    const loadedAt = await page.evaluate(() => performance.timeOrigin);
    await page.keyboard.press("Control+Shift+R");
    await tab.stopButton.waitFor();
    await tab.bar
      .getByRole("button", { name: /[1-9]\d* safe on the server|0:0[1-9] safe/ })
      .waitFor();
    await page.mouse.move(500, 500);
    await expect.poll(() => tab.barOpacity(), SOON).toBe("1");
    await page.keyboard.press("Control+Shift+R");
    await tab.watchLink.waitFor();
    expect(await page.evaluate(() => performance.timeOrigin), "not reloaded").toBe(loadedAt);
    await tab.bar.getByRole("button", { name: "Add a description" }).click();
    await page.getByLabel("Description").fill("From the bar");
    await page.keyboard.press("Enter");
    await tab.bar.getByRole("button", { name: "From the bar" }).waitFor();
    const [player] = await Promise.all([
      page.context().waitForEvent("page"),
      tab.watchLink.click(),
    ]);
    await player.getByRole("heading", { level: 1, name: "From the bar" }).waitFor();
    await player.getByRole("button", { name: "play", exact: true }).waitFor();
  });

  it("asks before it is closed while it records, and only then", async () => {
    tab = await DesktopTab.launch(page);
    await tab.awaitPicture();
    await tab.record();
    const [question] = await Promise.all([
      page.waitForEvent("dialog"),
      page.close({ runBeforeUnload: true }),
    ]);
    expect(question.type()).toBe("beforeunload");
    await question.dismiss();
    await tab.stopButton.click();
    await tab.watchLink.waitFor();
  });

  it("keeps the last picture when the connection is lost, counts down and comes back", async () => {
    tab = await DesktopTab.launch(page);
    await tab.awaitPicture();
    await tab.record();
    await tab.loseConnection();
    await page.getByText(/Trying again (now|in \d+ s)/).waitFor();
    expect(await tab.size(), "the last picture stays").toEqual([1280, 800]);
    expect(await tab.takesKeyboard(), "the last picture takes no keys").toBe(false);
    expect(await tab.stopButton.isVisible(), "the recording goes on").toBe(true);
    // Once it waits for long, it is the click that brings the picture back and not the next try.
    await page.getByText(/Trying again in [5-8] s/).waitFor();
    await page.unroute("**/ticket");
    await page.getByRole("button", { name: "Try now" }).click();
    await tab.showBar();
    await tab.awaitPicture();
    await expect.poll(() => tab.hasKeyboard(), SOON).toBe(true);
    await tab.stopButton.click();
    await tab.watchLink.waitFor();
  });

  it("keeps what it recorded when the person is signed out, and saves it when they are back", async () => {
    tab = await DesktopTab.launch(page);
    await tab.awaitPicture();
    await tab.record();
    await tab.awaitSafeSeconds();
    const cookies = await page.context().cookies();
    await page.context().clearCookies();
    await tab.cut();
    await onScreen("The desktop cannot be shown").waitFor();
    await page.getByText("The recording has stopped. What is not on the server").waitFor();
    await page.context().addCookies(cookies);
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));
    await page.getByText("The recording is saved.").waitFor();
    await tab.watchLink.waitFor();
  });

  it("says that the server is short of room, and keeps what it recorded when there is none", async () => {
    const floor = async (timesFree: number) => {
      const { bavail, bsize } = await statfs(scene.product.directory);
      const freeMebibytes = (bavail * bsize) / 2 ** 20;
      const data = { free_space_floor_mb: Math.round(freeMebibytes * timesFree) };
      const changed = await page.request.patch("/api/admin/settings", {
        data,
        headers: { origin: scene.product.url },
      });
      expect(changed.status()).toBe(200);
    };
    tab = await DesktopTab.launch(page);
    await tab.awaitPicture();
    await tab.record();
    try {
      await floor(1.5);
      await tab.bar.getByText("The server is short of room").waitFor();
      await floor(3);
      await tab.bar.getByText("The server has no room left").waitFor();
      await tab.watchLink.waitFor();
    } finally {
      await floor(0.1);
    }
  });

  it("waits in line when all sessions are taken, says its place and starts by itself", async () => {
    const { db } = scene.product;
    const { id: userId } = await db.user.findFirstOrThrow();
    const running = { status: "running", startedAt: new Date() } as const;
    const taken = { appId: "desktop", userId, provider: "local", ...running };
    const other = await db.session.create({ data: taken });
    await db.setting.create({ data: { key: "max_sessions", value: 1 } });
    try {
      tab = await DesktopTab.launch(page);
      await onScreen("Desktop waits for its turn").waitFor();
      await page.getByText("You are next.").waitFor();
      expect(await faultsOf(page)).toEqual(NO_FAULTS);
      await keepPicture(page, "waiting-in-line");
      await page.getByRole("button", { name: "Give up waiting" }).click();
      await page.getByRole("button", { name: "Cancel" }).click();
      await db.session.delete({ where: { id: other.id } });
      await tab.awaitPicture();
    } finally {
      await db.setting.deleteMany({ where: { key: "max_sessions" } });
    }
  });

  it("carries text to the desktop's clipboard and back", async () => {
    tab = await DesktopTab.launch(page);
    await tab.awaitPicture();
    const clipboard = page.getByRole("dialog").getByLabel("Text");
    await tab.showBar();
    await tab.bar.getByRole("button", { name: "Clipboard" }).click();
    await clipboard.fill("sortie_clip");
    await page.getByRole("button", { name: "Send to the desktop" }).click();
    await page.keyboard.press("Escape");
    await expect.poll(() => tab.hasKeyboard(), SOON).toBe(true);
    const before = await tab.picture();
    await page.keyboard.type("clear; yes '");
    await page.keyboard.press("Shift+Insert");
    await page.keyboard.type("_was_here' | head -40 | rev");
    await page.keyboard.press("Enter");
    await expect.poll(() => tab.picture(), SOON).not.toBe(before);
    await tab.stillPicture();
    // Several clicks on a line, which is one word and like all the others, select it, and that copies it. A desktop
    // on a busy machine may take them for single ones.
    const copied = async () => {
      await page.mouse.click(150, 400, { clickCount: 3 });
      await tab.showBar();
      await tab.bar.getByRole("button", { name: "Clipboard" }).click();
      const text = await clipboard.inputValue();
      await page.keyboard.press("Escape");
      await expect.poll(() => tab.hasKeyboard(), SOON).toBe(true);
      return text;
    };
    await expect.poll(copied, SOON).toContain("ereh_saw_pilc_eitros");
  });

  it("ends after being asked, saves what it records and offers to start again", async () => {
    tab = await DesktopTab.launch(page);
    await tab.awaitPicture();
    await tab.record();
    await tab.showBar();
    await tab.bar.getByRole("button", { name: "End session" }).click();
    const question = page.getByRole("alertdialog", { name: "End this session?" });
    await question.getByText("The recording is stopped and saved first").waitFor();
    await question.getByRole("button", { name: "End session" }).click();
    await onScreen("Session ended").waitFor();
    await page.getByText("You ended the session.").waitFor();
    await tab.watchLink.waitFor();
    await page.getByRole("button", { name: "Start again" }).click();
    await page.waitForURL((url) => !url.pathname.endsWith(tab.sessionId));
    tab = DesktopTab.of(page);
    await tab.awaitPicture();
  });

  it("says why it is over when it was ended elsewhere, and saves what it recorded", async () => {
    tab = await DesktopTab.launch(page);
    await tab.awaitPicture();
    await tab.record();
    await tab.awaitSafeSeconds();
    await tab.endElsewhere();
    await onScreen("Session ended").waitFor();
    await tab.watchLink.waitFor();
    await page.getByRole("link", { name: "My recordings" }).click();
    await page.waitForURL("**/recordings");
  });
});

describe.skipIf(!canRunDesktops)("a server on which recording is switched off", () => {
  it("shows nothing of recording in a session's tab", async () => {
    const silent = await startProduct({ SORTIE_VIDEO_RECORDING_ENABLED: "false" });
    page = await signedInPage(scene.browser, silent);
    tab = await DesktopTab.launch(page);
    await tab.awaitPicture();
    await tab.bar.getByRole("button", { name: "End session" }).waitFor();
    expect(await page.getByText(/record/i).count()).toBe(0);
    await tab.endElsewhere();
    await onScreen("Session ended").waitFor();
    expect(await page.getByText(/record/i).count()).toBe(0);
    await page.context().close();
    await silent.close();
  });
});

describe.skipIf(!canRunDesktops).each(DEVICES)("the session's tab, $name", (device) => {
  it("has no fault that axe finds and never scrolls sideways, in every state", async () => {
    page = await scene.signedIn(device.options);
    tab = await DesktopTab.launch(page);
    await look("tab starting");
    await tab.awaitPicture();
    await look("tab connected");
    await tab.record();
    await tab.awaitSafeSeconds();
    await look("tab recording");
    await tab.loseConnection();
    await look("tab lost");
    await tab.regainConnection();
    await tab.stopButton.click();
    await tab.watchLink.waitFor();
    await look("tab ready");
    await tab.endElsewhere();
    await onScreen("Session ended").waitFor();
    await look("tab ended");
  });

  const look = (state: string) => expectFaultless(page, state, device);
});
