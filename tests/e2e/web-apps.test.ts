import { request } from "node:http";
import type { Page } from "playwright-core";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { requireCommand } from "../support/requirements";
import { expectFaultless, keepPicture, PageScene, SOON, VIEWS } from "../support/page-checks";
import { APP_COLOUR } from "../support/small-web-app-colour";
import { decodeVideo, soundOf } from "../support/video";
import { webAppCatalogue } from "../support/web-app-catalogue";
import { WebAppTab } from "../support/web-app-tab";

const canRunWebApps = ["socat", "setpriv"].every((program) => requireCommand(program) !== null);
const catalogue = webAppCatalogue();
const scene = PageScene.install({
  environment: { SORTIE_APPS_FILE: catalogue.path },
  flags: ["--auto-accept-this-tab-capture", "--use-fake-device-for-media-stream"],
});
afterAll(() => catalogue.remove());

let page: Page;
let tab: WebAppTab;

/** Asks the app's host without a browser, as a stranger or with a stolen cookie. */
function askHost(path: string, headers: Record<string, string> = {}): Promise<number> {
  const { hostname, port } = new URL(scene.product.url);
  const host = `${tab.sessionId}.localhost:${port}`;
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers: { host, ...headers } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });
}

describe.skipIf(!canRunWebApps)("somebody who works with a web app", () => {
  beforeEach(async () => {
    page = await scene.signedIn();
    await page.context().grantPermissions(["microphone"]);
    tab = await WebAppTab.launch(page);
  });

  it("has it in the tab with all that apps use, and it hears nothing of how they are signed in", async () => {
    const { frame } = tab;
    await frame.getByText("heard hello").waitFor();
    await frame.getByLabel("Note").fill("by form");
    await frame.getByRole("button", { name: "Keep" }).click();
    await frame.getByRole("heading", { name: "You wrote by form" }).waitFor();
    const heard = await frame.evaluate(async () => (await fetch("/headers")).text());
    expect(JSON.parse(heard)).toMatchObject({
      cookie: "note=1",
      host: new URL(frame.url()).host,
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
    });
    expect(heard).not.toMatch(/next-auth|sortie-app/);
    const passed = await frame.evaluate(async () => {
      const sent = await fetch("/count", { method: "POST", body: new Uint8Array(30_000_000) });
      const got = await fetch("/much");
      return [await sent.text(), (await got.arrayBuffer()).byteLength];
    });
    expect(passed).toEqual(["30000000", 64 * 1024 * 1024]);
    await tab.showBar();
    await expectFaultless(page, "a web app", VIEWS[0]!);
    expect(await page.evaluate(() => document.cookie)).toBe("");
  });

  it("records it with their voice, and watches it", async () => {
    await tab.frame.getByText("heard hello").waitFor();
    await tab.showBar();
    await tab.button("Turn the microphone on").click();
    await tab.button("Microphone on").waitFor();
    const id = await tab.record();
    await tab.recordUntil(4);
    await keepPicture(page, "recording a web app with the microphone on");
    // The picture goes on without the voice.
    await tab.button("Microphone on").click();
    await tab.button("Turn the microphone on").waitFor();
    await tab.recordUntil(9);
    await tab.button("Stop").click();
    await tab.saved();
    const file = await page.request.get(`/api/recordings/${id}/download`);
    const bytes = await file.body();
    const video = await decodeVideo(bytes);
    expect(video.codec).toBe("vp9");
    expect(video.durationSeconds).toBeGreaterThan(7);
    for (const frame of [0, -1]) {
      const seen = video.colourAt(frame, 0.5, 0.6);
      for (const [index, value] of APP_COLOUR.entries()) {
        expect(Math.abs((seen[index] ?? 0) - value)).toBeLessThan(24);
      }
      // Where our bar stands over the app: it is not in the picture.
      expect(Math.abs(video.colourAt(frame, 0.5, 0.01)[1] - APP_COLOUR[1])).toBeLessThan(24);
    }
    const sound = await soundOf(bytes);
    expect(sound.codec).toBe("opus");
    expect(sound.loudestDecibels).toBeGreaterThan(-30);
    await page.goto(`/recordings/${id}`);
    await page.getByRole("button", { name: /^mute/i }).waitFor();
    const heardBytes = await page.locator("video").evaluate(async (element: HTMLVideoElement) => {
      await element.play();
      await new Promise((resolve) => element.addEventListener("ended", resolve));
      return (element as unknown as { webkitAudioDecodedByteCount: number })
        .webkitAudioDecodedByteCount;
    });
    expect(heardBytes).toBeGreaterThan(0);
  });

  it("is told when the microphone is refused or the tab was not shared, and keeps the recording when sharing ends", async () => {
    await page.evaluate(() => {
      const devices = navigator.mediaDevices;
      const ask = devices.getDisplayMedia.bind(devices);
      devices.getDisplayMedia = () => {
        devices.getDisplayMedia = async (options) => {
          const stream = await ask(options);
          const [track] = stream.getVideoTracks();
          addEventListener("end-sharing", () => {
            track?.stop();
            track?.dispatchEvent(new Event("ended"));
          });
          return stream;
        };
        return Promise.reject(new DOMException("no", "NotAllowedError"));
      };
    });
    await tab.showBar();
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException("no", "NotAllowedError"));
    });
    await tab.button("Turn the microphone on").click();
    await tab.bar.getByText("The microphone was not allowed, so nobody will be heard").waitFor();
    await tab.button("Record").click();
    await tab.bar.getByText("this tab was not shared").waitFor();
    const { recording } = scene.product.db;
    expect(await recording.count({ where: { sessionId: tab.sessionId } })).toBe(0);
    await tab.record();
    await tab.recordUntil(2);
    await page.evaluate(() => dispatchEvent(new Event("end-sharing")));
    await tab.saved();
    await tab.bar.getByText("You stopped sharing this tab").waitFor();
  });

  it("counts as being there when they do something in the app", async () => {
    const reported = page
      .waitForEvent("websocket")
      .then((socket) =>
        socket.waitForEvent("framesent", { predicate: ({ payload }) => payload === "use" }),
      );
    await page.reload();
    await tab.bar.getByText("Connected", { exact: true }).waitFor(SOON);
    await tab.frame.getByLabel("Note").click();
    await reported;
  });

  it("is told when their app has stopped", async () => {
    await tab.frame.evaluate(() => fetch("/end").catch(() => undefined));
    await page.getByRole("heading", { name: "Session ended" }).waitFor({ timeout: 15_000 });
    await expect.poll(() => askHost("/"), SOON).not.toBe(200);
  });

  it("gives one click where every session is to be recorded, and hears why", async () => {
    const admin = await scene.signedIn();
    await admin.goto("/admin/settings");
    const control = admin.getByRole("switch", { name: "Record every session automatically" });
    await control.click();
    try {
      await tab.bar.getByText("press Record and allow this tab").waitFor(SOON);
      await tab.record();
      await tab.bar.getByText("Recorded by policy").waitFor();
    } finally {
      await control.click();
    }
    await tab.saved();
  });
});

describe.skipIf(!canRunWebApps)("what is behind a web app's host", () => {
  beforeEach(async () => {
    page = await scene.signedIn();
    tab = await WebAppTab.launch(page);
  });

  const ticketFor = async (who: Page) =>
    who.request.post(`/api/sessions/${tab.sessionId}/ticket`, {
      headers: { origin: scene.product.url },
    });
  const pathOf = async (who: Page) => {
    const { app_url: url } = (await (await ticketFor(who)).json()) as { app_url: string };
    return url.replace(new URL(url).origin, "");
  };

  it("is for nobody without a pass, and a way in is good for once", async () => {
    expect(await askHost("/")).toBe(403);
    expect(await askHost("/", { cookie: "__Host-sortie-app=forged.forged" })).toBe(403);
    expect(await askHost("/echo", { connection: "upgrade", upgrade: "websocket" })).toBe(403);
    const path = await pathOf(page);
    expect(await askHost(path)).toBe(303);
    expect(await askHost(path)).toBe(403);
    const other = await scene.signedIn({}, await scene.product.addUser(`other${Date.now()}`));
    expect((await ticketFor(other)).status()).toBe(403);
  });

  it("refuses the pass of one session at the host of another, and requests of other origins", async () => {
    const cookies = await page.context().cookies(tab.frame.url());
    const pass = cookies.find(({ name }) => name === "__Host-sortie-app");
    const cookie = `__Host-sortie-app=${pass?.value ?? ""}`;
    expect(await askHost("/", { cookie })).toBe(200);
    expect(await askHost("/", { cookie, "sec-fetch-site": "same-site" })).toBe(403);
    expect(await askHost("/", { cookie, origin: "https://evil.example" })).toBe(403);
    const second = await WebAppTab.launch(page);
    tab = second;
    expect(await askHost("/", { cookie })).toBe(403);
  });

  it("cannot use the product in its user's name", async () => {
    const { url, db } = scene.product;
    const sessions = await db.session.count();
    const tried = await tab.frame.evaluate(async (product) => {
      const attempt = (path: string, init?: RequestInit) =>
        fetch(product + path, { credentials: "include", ...init }).then(
          async (answer) => `${answer.type} ${await answer.text()}`,
          () => "refused",
        );
      const body = JSON.stringify({ app_id: "small" });
      return {
        read: await attempt("/api/sessions"),
        started: await attempt("/api/sessions", { method: "POST", body }),
        blindly: await attempt("/api/sessions", { method: "POST", body, mode: "no-cors" }),
        parent: (() => {
          try {
            return window.parent.document.title;
          } catch {
            return "refused";
          }
        })(),
      };
    }, url);
    expect(tried).toEqual({
      read: "refused",
      started: "refused",
      blindly: "refused",
      parent: "refused",
    });
    expect(await db.session.count()).toBe(sessions);
    await tab.frame
      .evaluate((product) => {
        window.top!.location.href = `${product}/apps`;
      }, url)
      .catch(() => undefined);
    expect(page.url()).toContain(tab.sessionId);
  });
});
