import type { Page } from "playwright-core";
import type { Product } from "./product";

/** A recording as the person who made it knows it. */
export interface MadeRecording {
  readonly id: string;
  /** By the clock on the wall, from the red mark's appearance until the stop. */
  readonly clockSeconds: number;
}

/** The tab in which somebody works on a desktop. */
export class DesktopTab {
  private startedAt = 0;
  private recordingId = "";

  private constructor(
    readonly page: Page,
    readonly sessionId: string,
  ) {}

  /** Starts the desktop from the apps page and waits for its picture. */
  static async open(apps: Page): Promise<DesktopTab> {
    await apps.goto("/apps");
    const [page] = await Promise.all([
      apps.waitForEvent("popup"),
      apps.getByRole("button", { name: "Open Desktop in a new tab" }).click(),
    ]);
    await page.waitForURL(/\/sessions\/[0-9a-f-]{36}$/);
    const tab = new DesktopTab(page, page.url().split("/").at(-1)!);
    await tab.showBar();
    await page.getByRole("button", { name: "Record", exact: true, disabled: false }).waitFor();
    return tab;
  }

  async record(): Promise<void> {
    await this.showBar();
    const [started] = await Promise.all([
      this.page.waitForResponse("**/recording/start"),
      this.page.getByRole("button", { name: "Record", exact: true }).click(),
    ]);
    await this.page.getByRole("button", { name: "Stop" }).waitFor();
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

  async stop(): Promise<MadeRecording> {
    await this.page.keyboard.press("ControlOrMeta+Shift+KeyR");
    return this.stopped();
  }

  /** Waits for a recording that somebody or something else stops. */
  async stopped(): Promise<MadeRecording> {
    await this.page.getByRole("button", { name: "Stop" }).waitFor({ state: "hidden" });
    const clockSeconds = (performance.now() - this.startedAt) / 1000;
    return { id: this.recordingId, clockSeconds };
  }

  /** Waits until the bar offers to watch the recording. */
  async saved(): Promise<void> {
    await this.page.getByRole("link", { name: "Watch" }).waitFor();
  }

  /** Types into whatever has the desktop's focus: its terminal. */
  async type(text: string): Promise<void> {
    await this.page
      .locator("canvas")
      .first()
      .click({ position: { x: 300, y: 400 } });
    await this.page.keyboard.type(text, { delay: 20 });
  }

  async showBar(): Promise<void> {
    await this.page.mouse.move(640, 300);
    await this.page.mouse.move(640, 2);
  }
}

/** The path of a recording's sealed file. */
export async function fileOf({ db, directory }: Product, recordingId: string): Promise<string> {
  const { storageKey } = await db.recording.findUniqueOrThrow({ where: { id: recordingId } });
  return `${directory}/recordings/${storageKey}`;
}
