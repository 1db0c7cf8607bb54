import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import type { SessionJson } from "@/lib/sessions/session-schema";

/** A session's tab as a person sees it. */
export class SessionView {
  private constructor(
    readonly page: Page,
    readonly sessionId: string,
  ) {}

  /** Starts a desktop as whoever is signed in to `page`, and shows it there. */
  static async launch(page: Page): Promise<SessionView> {
    const session = await page.evaluate(async () => {
      const response = await fetch("/api/sessions", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ app_id: "desktop" }),
      });
      return (await response.json()) as SessionJson;
    });
    await page.goto(`/sessions/${session.id}`);
    return SessionView.of(page);
  }

  /** The session whose tab `page` shows. */
  static of(page: Page): SessionView {
    return new SessionView(page, new URL(page.url()).pathname.split("/").at(-1) ?? "");
  }

  get bar(): Locator {
    return this.page.getByRole("region", { name: "Session bar" });
  }

  get canvas(): Locator {
    return this.page.getByRole("application");
  }

  /** Until the desktop's first window is painted: an empty desktop is of one colour. */
  async awaitPicture(): Promise<void> {
    await this.bar.getByText("Connected", { exact: true }).waitFor({ timeout: 60_000 });
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

  async record(): Promise<void> {
    await this.showBar();
    await this.bar.getByRole("button", { name: "Record", exact: true }).click();
    await this.bar.getByRole("button", { name: "Stop" }).waitFor();
  }

  /** How well the bar can be seen: "0" hidden, "1" shown. */
  async barOpacity(): Promise<string> {
    return await this.bar.evaluate((element) => getComputedStyle(element).opacity);
  }

  async hasKeyboard(): Promise<boolean> {
    return await this.canvas.evaluate((element) => element === document.activeElement);
  }

  /** Ends the session as from another tab. */
  async endElsewhere(): Promise<void> {
    await this.page.evaluate(async (id) => {
      await fetch(`/api/sessions/${id}`, { method: "DELETE" });
    }, this.sessionId);
  }
}
