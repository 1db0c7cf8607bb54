import type { BrowserContext, Locator, Page } from "playwright-core";
import { expect } from "vitest";
import type { SessionJson } from "@/lib/sessions/session-schema";
import type { Product } from "./product";

/** A recording as the person who made it knows it. */
export interface MadeRecording {
  readonly id: string;
  /** By the clock on the wall, from the red mark's appearance until the stop. */
  readonly clockSeconds: number;
}

/** A session's tab as the person sees it who works on its desktop. */
export class DesktopTab {
  private startedAt = 0;
  private recordingId = "";

  private constructor(
    readonly page: Page,
    readonly sessionId: string,
  ) {}

  /** Starts the desktop from the apps page and waits for its picture. */
  static async open(apps: Page): Promise<DesktopTab> {
    await makeCuttable(apps.context());
    await apps.goto("/apps");
    const [page] = await Promise.all([
      apps.waitForEvent("popup"),
      apps.getByRole("button", { name: "Open Desktop in a new tab" }).click(),
    ]);
    await page.waitForURL(/\/sessions\/[0-9a-f-]{36}$/);
    const tab = DesktopTab.of(page);
    await tab.awaitPicture();
    return tab;
  }

  /** Starts a desktop as whoever is signed in to `page`, and shows it there. */
  static async launch(page: Page): Promise<DesktopTab> {
    const session = await page.evaluate(async () => {
      const response = await fetch("/api/sessions", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ app_id: "desktop" }),
      });
      return (await response.json()) as SessionJson;
    });
    await makeCuttable(page.context());
    await page.goto(`/sessions/${session.id}`);
    return DesktopTab.of(page);
  }

  /** The session whose tab `page` shows. */
  static of(page: Page): DesktopTab {
    return new DesktopTab(page, new URL(page.url()).pathname.split("/").at(-1) ?? "");
  }

  get bar(): Locator {
    return this.page.getByRole("region", { name: "Session bar" });
  }

  /** The desktop, also while it cannot be used. */
  get canvas(): Locator {
    return this.page.locator("canvas[role=application]");
  }

  get stopButton(): Locator {
    return this.bar.getByRole("button", { name: "Stop" });
  }

  get watchLink(): Locator {
    return this.bar.getByRole("link", { name: /^Watch/ });
  }

  async connected(): Promise<void> {
    await this.bar.getByText("Connected", { exact: true }).waitFor({ timeout: 60_000 });
  }

  /** Until the desktop's first window is painted: an empty desktop is of one colour. */
  async awaitPicture(): Promise<void> {
    await this.connected();
    await expect.poll(() => this.coloursSeen(), { timeout: 30_000 }).toBeGreaterThan(4);
  }

  private async coloursSeen(): Promise<number> {
    return await this.canvas.evaluate((canvas: HTMLCanvasElement) => {
      const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(pixels?.data.buffer ?? new ArrayBuffer(0))).size;
    });
  }

  /** The picture as text, to see whether it changed. */
  async picture(): Promise<string> {
    return await this.canvas.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  }

  /** Waits until whatever was drawing has come to its end. */
  async stillPicture(): Promise<void> {
    let seen = "";
    const isStill = async () => seen === (seen = await this.picture());
    await expect.poll(isStill, { interval: 500, timeout: 15_000 }).toBe(true);
  }

  async size(): Promise<readonly [number, number]> {
    return await this.canvas.evaluate((c: HTMLCanvasElement) => [c.width, c.height] as const);
  }

  /** Brings the pointer to the top edge. */
  async showBar(): Promise<void> {
    await this.page.mouse.move(180, 300);
    await this.page.mouse.move(180, 2);
  }

  /** How well the bar can be seen: "0" hidden, "1" shown. */
  async barOpacity(): Promise<string> {
    return await this.bar.evaluate((element) => getComputedStyle(element).opacity);
  }

  async hasKeyboard(): Promise<boolean> {
    return await this.canvas.evaluate((element) => element === document.activeElement);
  }

  /** Whether the desktop takes the keyboard when it is given it. */
  async takesKeyboard(): Promise<boolean> {
    return await this.canvas.evaluate((element) => {
      element.focus();
      return element === document.activeElement;
    });
  }

  /** Types into whatever has the desktop's focus: its terminal. */
  async type(text: string): Promise<void> {
    await this.canvas.click({ position: { x: 300, y: 400 } });
    await this.page.keyboard.type(text, { delay: 20 });
  }

  async record(): Promise<void> {
    await this.showBar();
    const [started] = await Promise.all([
      this.page.waitForResponse("**/recording/start"),
      this.bar.getByRole("button", { name: "Record", exact: true }).click(),
    ]);
    await this.stopButton.waitFor();
    this.startedAt = performance.now();
    this.recordingId = ((await started.json()) as { recording_id: string }).recording_id;
  }

  /** Records until the bar's own clock shows at least so many seconds. */
  async recordUntil(seconds: number): Promise<void> {
    await this.page.waitForFunction((target) => {
      const shown = /(\d+):(\d\d)/.exec(document.querySelector("section")?.innerText ?? "");
      return Number(shown?.[1] ?? 0) * 60 + Number(shown?.[2] ?? 0) >= target;
    }, seconds);
  }

  /** By the clock on the wall, so far. */
  recordedSeconds(): number {
    return (performance.now() - this.startedAt) / 1000;
  }

  /** Until some of what is recorded is safe on the server. */
  async awaitSafeSeconds(): Promise<void> {
    await this.bar.getByRole("button", { name: /0:0[1-9] safe on the server/ }).waitFor();
  }

  async stop(): Promise<MadeRecording> {
    await this.page.keyboard.press("ControlOrMeta+Shift+KeyR");
    return this.stopped();
  }

  /** Waits for a recording that somebody or something else stops. */
  async stopped(): Promise<MadeRecording> {
    await this.stopButton.waitFor({ state: "hidden" });
    return { id: this.recordingId, clockSeconds: this.recordedSeconds() };
  }

  /** Waits until the bar offers to watch the recording. */
  async saved(): Promise<void> {
    await this.watchLink.waitFor();
  }

  /** Cuts the connection to the desktop, once, as a network does that fails for a moment. */
  async cut(): Promise<void> {
    await this.page.evaluate(() => window.dispatchEvent(new Event("cut")));
  }

  /** Cuts the connection and lets no new one be made until `regainConnection`. */
  async loseConnection(): Promise<void> {
    await this.page.route(TICKETS, (route) => route.abort());
    await this.cut();
    await this.page.getByRole("heading", { name: "Connection lost" }).waitFor();
  }

  async regainConnection(): Promise<void> {
    await this.page.unroute(TICKETS);
    await this.awaitPicture();
  }

  /** Ends the session as from another tab. */
  async endElsewhere(): Promise<void> {
    await this.page.evaluate(async (id) => {
      await fetch(`/api/sessions/${id}`, { method: "DELETE" });
    }, this.sessionId);
  }
}

const TICKETS = "**/ticket";

/** Pages opened from now on let `cut` close their WebSockets. */
async function makeCuttable(context: BrowserContext): Promise<void> {
  await context.addInitScript(`
    window.WebSocket = new Proxy(window.WebSocket, {
      construct(Socket, given) {
        const socket = new Socket(...given);
        window.addEventListener("cut", () => socket.close());
        return socket;
      },
    });
  `);
}

/** The path of a recording's sealed file. */
export async function fileOf({ db, directory }: Product, recordingId: string): Promise<string> {
  const { storageKey } = await db.recording.findUniqueOrThrow({ where: { id: recordingId } });
  return `${directory}/recordings/${storageKey}`;
}
