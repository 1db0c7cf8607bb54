import type { Frame, Locator, Page } from "playwright-core";
import type { SessionJson } from "@/lib/sessions/session-schema";

/** A web app's session tab as the person sees it who works with the app. */
export class WebAppTab {
  private constructor(
    readonly page: Page,
    readonly sessionId: string,
  ) {}

  /** Starts the app as whoever is signed in to `page`, and shows it there. */
  static async launch(page: Page): Promise<WebAppTab> {
    const session = await page.evaluate(async () => {
      const response = await fetch("/api/sessions", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ app_id: "small" }),
      });
      return (await response.json()) as SessionJson;
    });
    await page.goto(`/sessions/${session.id}`);
    const tab = new WebAppTab(page, session.id);
    await tab.bar.getByText("Connected", { exact: true }).waitFor({ timeout: 60_000 });
    return tab;
  }

  get bar(): Locator {
    return this.page.getByRole("region", { name: "Session bar" });
  }

  get frame(): Frame {
    const frame = this.page.frames().find((found) => found !== this.page.mainFrame());
    if (frame === undefined) throw new Error("The tab shows no app.");
    return frame;
  }

  button(name: string): Locator {
    return this.bar.getByRole("button", { name, exact: true });
  }

  /** Brings the pointer to the top edge. */
  async showBar(): Promise<void> {
    await this.page.mouse.move(180, 300);
    await this.page.mouse.move(180, 1);
  }

  /** Starts a recording; answers its id. */
  async record(): Promise<string> {
    await this.showBar();
    const [started] = await Promise.all([
      this.page.waitForResponse("**/recording/start"),
      this.button("Record").click(),
    ]);
    await this.button("Stop").waitFor();
    return ((await started.json()) as { recording_id: string }).recording_id;
  }

  /** Until the bar's own clock shows at least so many seconds. */
  async recordUntil(seconds: number): Promise<void> {
    await this.page.waitForFunction((target) => {
      const shown = /(\d+):(\d\d)/.exec(document.querySelector("section")?.innerText ?? "");
      return Number(shown?.[1] ?? 0) * 60 + Number(shown?.[2] ?? 0) >= target;
    }, seconds);
  }

  /** Waits for a recording that has stopped to be ready. */
  async saved(): Promise<void> {
    await this.bar.getByRole("link", { name: /^Watch/ }).waitFor({ timeout: 30_000 });
  }
}
