import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CHROMIUM_FLAGS } from "../support/captures";
import { canRunDesktops } from "../support/desktop-requirements";

import { faultsOf, keepPicture, NO_FAULTS, signedInPage, VIEWS } from "../support/page-checks";
import { type Product, startProduct } from "../support/product";
import { SessionView } from "../support/session-view";

let browser: Browser;
let product: Product;
let page: Page;
let tab: SessionView;

beforeAll(async () => {
  [browser, product] = await Promise.all([
    chromium.launch({ executablePath: "/usr/bin/chromium", args: [...CHROMIUM_FLAGS] }),
    startProduct(),
  ]);
});

afterAll(async () => {
  await browser.close();
  await product.close();
});

/** Lets a test cut the tab's WebSocket, as a network that goes away would. */
async function makeCuttable(target: Page): Promise<() => Promise<void>> {
  await target.addInitScript(`
    window.WebSocket = new Proxy(window.WebSocket, {
      construct(Socket, given) {
        const socket = new Socket(...given);
        window.addEventListener("cut", () => socket.close());
        return socket;
      },
    });
  `);
  return async () => {
    await target.evaluate(() => window.dispatchEvent(new Event("cut")));
  };
}

/** Longer than the bar introduces itself, on a busy machine too. */
const SOON = { timeout: 15_000 };

const stopButton = () => tab.bar.getByRole("button", { name: "Stop" });
const watchLink = () => tab.bar.getByRole("link", { name: /^Watch/ });
const onScreen = (name: string) => page.getByRole("heading", { name });

describe.skipIf(!canRunDesktops)("a desktop in its tab", () => {
  beforeEach(async () => {
    page = await signedInPage(browser, product.url, product.administrator);
  });

  afterEach(async () => {
    await tab.endElsewhere();
    await page.context().close();
  });

  it("fills the window, follows its size and takes what is typed", async () => {
    tab = await SessionView.launch(page);
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
    tab = await SessionView.launch(page);
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
  });

  it("is recorded by a shortcut that the desktop does not swallow, and watched in a new tab", async () => {
    tab = await SessionView.launch(page);
    await tab.awaitPicture();
    const loadedAt = await page.evaluate(() => performance.timeOrigin);
    await page.keyboard.press("Control+Shift+R");
    await stopButton().waitFor();
    await tab.bar
      .getByRole("button", { name: /[1-9]\d* safe on the server|0:0[1-9] safe/ })
      .waitFor();
    await page.mouse.move(500, 500);
    await expect.poll(() => tab.barOpacity(), SOON).toBe("1");
    await page.keyboard.press("Control+Shift+R");
    await watchLink().waitFor();
    expect(await page.evaluate(() => performance.timeOrigin), "not reloaded").toBe(loadedAt);
    await tab.bar.getByRole("button", { name: "Add a description" }).click();
    await page.getByLabel("Description").fill("From the bar");
    await page.keyboard.press("Enter");
    await tab.bar.getByRole("button", { name: "From the bar" }).waitFor();
    const [player] = await Promise.all([page.context().waitForEvent("page"), watchLink().click()]);
    await player.getByRole("heading", { level: 1, name: "From the bar" }).waitFor();
    await player.getByRole("button", { name: "play", exact: true }).waitFor();
  });

  it("asks before it is closed while it records, and only then", async () => {
    tab = await SessionView.launch(page);
    await tab.awaitPicture();
    await tab.record();
    const [question] = await Promise.all([
      page.waitForEvent("dialog"),
      page.close({ runBeforeUnload: true }),
    ]);
    expect(question.type()).toBe("beforeunload");
    await question.dismiss();
    await stopButton().click();
    await watchLink().waitFor();
  });

  it("keeps the last picture when the connection is lost, counts down and comes back", async () => {
    const cut = await makeCuttable(page);
    tab = await SessionView.launch(page);
    await tab.awaitPicture();
    await page.route("**/ticket", (route) => route.abort());
    await tab.record();
    await cut();
    await onScreen("Connection lost").waitFor();
    await page.getByText(/Trying again (now|in \d+ s)/).waitFor();
    expect(await tab.size(), "the last picture stays").toEqual([1280, 800]);
    expect(await stopButton().isVisible(), "the recording goes on").toBe(true);
    await page.unroute("**/ticket");
    await onScreen("Connection lost").waitFor();
    await page.getByRole("button", { name: "Try now" }).click();
    await tab.awaitPicture();
    await expect.poll(() => tab.hasKeyboard(), SOON).toBe(true);
    await stopButton().click();
    await watchLink().waitFor();
  });

  it("carries text to the desktop's clipboard and back", async () => {
    tab = await SessionView.launch(page);
    await tab.awaitPicture();
    const clipboard = page.getByRole("dialog").getByLabel("Text");
    await tab.showBar();
    await tab.bar.getByRole("button", { name: "Clipboard" }).click();
    await clipboard.fill("sortie-clip");
    await page.getByRole("button", { name: "Send to the desktop" }).click();
    await page.keyboard.press("Escape");
    await expect.poll(() => tab.hasKeyboard(), SOON).toBe(true);
    const before = await tab.picture();
    await page.keyboard.type("clear; yes '");
    await page.keyboard.press("Shift+Insert");
    await page.keyboard.type("-was-here' | head -40 | rev");
    await page.keyboard.press("Enter");
    await expect.poll(() => tab.picture(), SOON).not.toBe(before);
    await tab.stillPicture();
    // A triple click selects a line, which copies it. All lines are the same.
    await page.mouse.click(150, 400, { clickCount: 3 });
    await tab.showBar();
    await tab.bar.getByRole("button", { name: "Clipboard" }).click();
    await expect.poll(() => clipboard.inputValue(), SOON).toContain("ereh-saw-pilc-eitros");
  });

  it("ends after being asked, saves what it records and offers to start again", async () => {
    tab = await SessionView.launch(page);
    await tab.awaitPicture();
    await tab.record();
    await tab.showBar();
    await tab.bar.getByRole("button", { name: "End session" }).click();
    const question = page.getByRole("alertdialog", { name: "End this session?" });
    await question.getByText("The recording is stopped and saved first").waitFor();
    await question.getByRole("button", { name: "End session" }).click();
    await onScreen("Session ended").waitFor();
    await page.getByText("You ended the session.").waitFor();
    await watchLink().waitFor();
    await page.getByRole("button", { name: "Start again" }).click();
    await page.waitForURL((url) => !url.pathname.endsWith(tab.sessionId));
    tab = SessionView.of(page);
    await tab.awaitPicture();
  });

  it("says why it is over when it was ended elsewhere, and saves what it recorded", async () => {
    tab = await SessionView.launch(page);
    await tab.awaitPicture();
    await tab.record();
    await tab.bar.getByRole("button", { name: /0:0[1-9] safe on the server/ }).waitFor();
    await tab.endElsewhere();
    await onScreen("Session ended").waitFor();
    await watchLink().waitFor();
    await page.getByRole("link", { name: "My recordings" }).click();
    await page.waitForURL("**/recordings");
  });
});

describe.skipIf(!canRunDesktops)("a server on which recording is switched off", () => {
  it("shows nothing of recording in a session's tab", async () => {
    const silent = await startProduct({ SORTIE_VIDEO_RECORDING_ENABLED: "false" });
    page = await signedInPage(browser, silent.url, silent.administrator);
    tab = await SessionView.launch(page);
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

describe.skipIf(!canRunDesktops).each(VIEWS)("the session's tab, $name", ({ name, options }) => {
  it("has no fault that axe finds and never scrolls sideways, in every state", async () => {
    page = await signedInPage(browser, product.url, product.administrator, options);
    const cut = await makeCuttable(page);
    tab = await SessionView.launch(page);
    await look("tab starting");
    await tab.awaitPicture();
    await look("tab connected");
    await tab.record();
    await tab.bar.getByRole("button", { name: /0:0[1-9] safe on the server/ }).waitFor();
    await look("tab recording");
    await page.route("**/ticket", (route) => route.abort());
    await cut();
    await onScreen("Connection lost").waitFor();
    await look("tab lost");
    await page.unroute("**/ticket");
    await tab.awaitPicture();
    await stopButton().click();
    await watchLink().waitFor();
    await look("tab ready");
    await tab.endElsewhere();
    await onScreen("Session ended").waitFor();
    await look("tab ended");
    await page.context().close();
  });

  async function look(state: string): Promise<void> {
    await keepPicture(page, `${state} ${name}`);
    expect({ state, ...(await faultsOf(page)) }).toEqual({ state, ...NO_FAULTS });
  }
});
