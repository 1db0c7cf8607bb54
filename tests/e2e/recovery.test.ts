import { readFile } from "node:fs/promises";
import type { Page, Request, Route } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { type Capture, captures, mp4Captures } from "../support/captures";
import { leaveSpool, type LeftSpool, spoolsLeft } from "../support/kept-spools";
import { canRunDesktops } from "../support/desktop-requirements";
import { DesktopTab } from "../support/desktop-tab";
import {
  DEVICES,
  expectFaultless,
  keepPicture,
  ON_A_DESK,
  PageScene,
  SOON,
} from "../support/page-checks";
import type { Credentials } from "../support/product";
import { requireCommand } from "../support/requirements";

/** What the product says of recordings that were left, in a corner of the page. */
const cards = (page: Page, text: RegExp) => page.getByRole("article").getByText(text);

const API = "**/api/recordings/**";
/** Not found: it looks for spools once, when it is loaded, and does nothing else. */
const QUIET_PAGE = "/no-such-page";

const missing = requireCommand("chromium") === null;

describe.skipIf(missing)("a recording left in this browser", () => {
  const scene = PageScene.install();
  let capture: Capture;
  beforeAll(async () => {
    capture = (await captures()).vp9;
  });

  /** A page of a new user, who looks at nothing of the product yet. */
  async function newcomer(name: string, options = {}): Promise<{ page: Page; who: Credentials }> {
    const who = await scene.product.addUser(name);
    const page = await scene.signedIn(options, who);
    await page.goto(QUIET_PAGE);
    return { page, who };
  }

  const leave = (
    page: Page,
    who: Credentials,
    given: Partial<Parameters<typeof leaveSpool>[3]> = {},
  ) => leaveSpool(scene.product, page, who.username, { bytes: capture.bytes, ...given });

  const rowOf = (id: string) => scene.product.db.recording.findUniqueOrThrow({ where: { id } });

  async function expectSaved({ recordingId, bytes }: LeftSpool, page: Page): Promise<void> {
    await expect.poll(() => spoolsLeft(page), SOON).not.toContain(recordingId);
    const row = await rowOf(recordingId);
    expect(row).toMatchObject({ status: "ready", uploadOffset: BigInt(bytes.byteLength) });
    expect(row.interrupted).toBe(false);
  }

  test("is finished by any page of the product, which says so and offers to watch it", async () => {
    const { page, who } = await newcomer("any-page");
    // The last two are not found, and not allowed.
    for (const path of ["/apps", "/recordings", "/nothing-here", "/admin/users"]) {
      const left = await leave(page, who, { sentBytes: 20_000 });
      await page.goto(path);
      await cards(page, /^The recording of Desktop from .* is saved\.$/).waitFor();
      await expectSaved(left, page);
      await page.getByRole("link", { name: "Watch it" }).click();
      await page.waitForURL(`**/recordings/${left.recordingId}`);
      await cards(page, /is saved\.$/).waitFor({ state: "detached" });
      await page.goto(QUIET_PAGE);
    }
  });

  test("is left alone when somebody else is signed in, who hears nothing of it", async () => {
    const { page, who } = await newcomer("owner");
    const labelled = await leave(page, who);
    const unlabelled = await leave(page, who, { label: "{" });
    await page.context().clearCookies();
    const other = await scene.product.addUser("other");
    const asked: Request[] = [];
    page.on("request", (request) => asked.push(request));
    await page.goto("/sign-in");
    expect(asked.filter((request) => request.url().includes("/api/recordings/"))).toEqual([]);
    await page.getByLabel("User name").fill(other.username);
    await page.getByLabel("Password").fill(other.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL("**/apps");
    // Of two looks the first is over when the second has found something.
    for (let look = 0; look < 2; look++) {
      const own = await leave(page, other);
      await page.evaluate(() => window.dispatchEvent(new Event("focus")));
      await expectSaved(own, page);
    }
    const theirs = [labelled.recordingId, unlabelled.recordingId].sort();
    expect(await spoolsLeft(page)).toEqual(theirs);
    const sent = asked
      .filter((request) => request.method() !== "GET")
      .map((request) => request.url());
    for (const id of theirs) expect(sent.join()).not.toContain(id);
    expect(asked.map((request) => request.url()).join()).not.toContain(labelled.recordingId);
    expect(await page.getByRole("article").count()).toBe(2);
  });

  test("is sent once when two tabs are opened at the same moment", async () => {
    const { page, who } = await newcomer("two-tabs");
    const left = await leave(page, who);
    const second = await page.context().newPage();
    let arrived = 0;
    let release = () => {};
    const bothLook = new Promise<void>((resolve) => (release = resolve));
    let sentBytes = 0;
    await page.context().route(API, async (route, request) => {
      await bothLook;
      if (request.method() === "PATCH") sentBytes += request.postDataBuffer()?.byteLength ?? 0;
      await route.continue();
    });
    for (const tab of [page, second]) {
      void tab.goto("/recordings").then(async () => {
        await tab.getByRole("heading", { level: 1 }).waitFor();
        await tab.waitForFunction(() =>
          navigator.locks.query().then(({ held }) => held?.length === 1),
        );
        arrived += 1;
        if (arrived === 2) release();
      });
    }
    await expectSaved(left, page);
    expect(sentBytes).toBe(left.bytes.byteLength);
    expect(
      (await page.getByRole("article").count()) + (await second.getByRole("article").count()),
    ).toBe(1);
  });

  test("is nobody's business while a tab records it, and is taken over when that tab dies", async () => {
    const { page, who } = await newcomer("taken-over");
    const left = await leave(page, who);
    await page.evaluate(
      `void navigator.locks.request("sortie-spool/${left.recordingId}", () => new Promise(() => {}))`,
    );
    const watching = await page.context().newPage();
    await watching.goto("/recordings");
    const waits = () =>
      watching.evaluate(async () => (await navigator.locks.query()).pending?.length);
    await expect.poll(waits, SOON).toBe(1);
    expect(await watching.getByRole("article").count()).toBe(0);
    await page.close();
    await cards(watching, /is saved\.$/).waitFor();
    await expectSaved(left, watching);
  });

  test("waits for a server that is away when the page is loaded, and goes on by itself", async () => {
    const { page, who } = await newcomer("server-away");
    const left = await leave(page, who, { sentBytes: 20_000 });
    await page.context().route(API, (route) => route.abort());
    await page.goto("/recordings");
    await cards(page, /^The server could not be reached\. .* are kept on this computer/).waitFor();
    await expectFaultless(page, "recovery waits", ON_A_DESK);
    await page.context().unroute(API);
    await expectSaved(left, page);
    await cards(page, /is saved\.$/).waitFor();
  });

  test("waits for its user who is signed out while it is sent, and goes on once they are back", async () => {
    const { page, who } = await newcomer("signed-out");
    const left = await leave(page, who, { sentBytes: 20_000 });
    const cookies = await page.context().cookies();
    // The page is theirs already; what it sends from here on is nobody's.
    const leaveUnnoticed = async (route: Route) => {
      await page.context().clearCookies();
      await route.continue({ headers: { ...route.request().headers(), cookie: "" } });
    };
    await page.context().route(API, leaveUnnoticed, { times: 1 });
    await page.goto("/recordings");
    await cards(page, /^You are signed out\. Sign in again in another tab/).waitFor();
    expect(await spoolsLeft(page)).toEqual([left.recordingId]);
    await page.context().addCookies(cookies);
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));
    await cards(page, /is saved\.$/).waitFor();
    await expectSaved(left, page);
  });

  test("is saved as MP4 where the browser had made that", async () => {
    const { page, who } = await newcomer("mp4");
    const { bytes } = (await mp4Captures()).avc;
    const left = await leave(page, who, { bytes, mimeType: "video/mp4;codecs=avc1" });
    await page.goto("/recordings");
    await cards(page, /is saved\.$/).waitFor();
    await expectSaved(left, page);
    expect(await rowOf(left.recordingId)).toMatchObject({ format: "mp4" });
  });

  test("is saved also without a label, and an empty one goes without a word", async () => {
    const { page, who } = await newcomer("unlabelled");
    const unlabelled = await leave(page, who, { label: null });
    const empty = await leave(page, who, { bytes: new Uint8Array() });
    await page.goto("/recordings");
    await cards(page, /is saved\.$/).waitFor();
    await expectSaved(unlabelled, page);
    await expect.poll(() => spoolsLeft(page), SOON).toEqual([]);
    await expect.poll(async () => (await rowOf(empty.recordingId)).status, SOON).toBe("failed");
    expect(await page.getByRole("article").count()).toBe(1);
  });

  test("is deleted here in silence when the server had sealed all of it", async () => {
    const { page, who } = await newcomer("sealed-before");
    const left = await leave(page, who, { sentBytes: capture.bytes.byteLength });
    const { sessionId } = await rowOf(left.recordingId);
    const stop = { recording_id: left.recordingId, upload_length: left.bytes.byteLength };
    const answer = await page.request.post(`/api/sessions/${sessionId}/recording/stop`, {
      data: stop,
      headers: { origin: scene.product.url },
    });
    expect(answer.status()).toBe(200);
    await page.goto("/recordings");
    await expectSaved(left, page);
    expect(await page.getByRole("article").count()).toBe(0);
  });

  test.each(DEVICES)("that cannot be saved says why and stays: $name", async (device) => {
    const { page, who } = await newcomer(`failed-${DEVICES.indexOf(device)}`, device.options);
    const bytes = Buffer.from("This is no recording. ".repeat(500));
    const left = await leave(page, who, { bytes });
    await page.goto("/recordings");
    await cards(page, /could not be saved\.$/).waitFor();
    await expectFaultless(page, "recovery failed", device);
    expect(await spoolsLeft(page)).toEqual([left.recordingId]);

    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("button", { name: "Try again" }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download" }).click(),
    ]);
    expect(await readFile(await download.path())).toEqual(bytes);

    await page.getByRole("button", { name: "Discard" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Discard" }).click();
    await expect.poll(() => spoolsLeft(page), SOON).toEqual([]);
    await page.getByRole("article").waitFor({ state: "detached" });
  });

  test("is kept, and can be had, when it was deleted on the server", async () => {
    const { page, who } = await newcomer("deleted");
    const left = await leave(page, who);
    await scene.product.db.recording.delete({ where: { id: left.recordingId } });
    await page.goto("/recordings");
    await cards(page, /is not on the server any more\.$/).waitFor();
    expect(await spoolsLeft(page)).toEqual([left.recordingId]);
    await page.getByRole("button", { name: "Download" }).waitFor();
  });

  describe.skipIf(!canRunDesktops)("because the server refused it", () => {
    test("can be tried again in the tab that recorded it", async () => {
      const page = await scene.signedIn();
      const tab = await DesktopTab.launch(page);
      await tab.awaitPicture();
      await tab.record();
      await tab.awaitSafeSeconds();
      const error = { code: "bad_request", message: "Something between us refuses this." };
      const refuse = { status: 400, json: { error } };
      await page.route("**/upload", (route) => route.fulfill(refuse));
      await cards(page, /could not be saved\.$/).waitFor();
      await cards(
        page,
        /^Something between us refuses this\. .* are kept on this computer/,
      ).waitFor();
      await tab.bar.getByText("Recording failed").waitFor();
      await keepPicture(page, "recovery in the session tab");
      const { id } = await tab.stopped();
      await page.unroute("**/upload");
      await page.getByRole("button", { name: "Try again" }).click();
      await cards(page, /is saved\.$/).waitFor();
      await tab.bar.getByText("Recording failed").waitFor({ state: "detached" });
      expect(await rowOf(id)).toMatchObject({ status: "ready", interrupted: false });
      expect(await spoolsLeft(page)).toEqual([]);
      await tab.endElsewhere();
    });
  });
});
