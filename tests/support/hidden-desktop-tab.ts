import { expect } from "vitest";
import type { Product } from "./product";
import type { RawChromium, RawTab } from "./raw-chromium";

/** A desktop's tab driven over the DevTools protocol alone, so that it can really be hidden. */
export class HiddenDesktopTab {
  private constructor(
    private readonly chromium: RawChromium,
    private readonly tab: RawTab,
    readonly sessionId: string,
  ) {}

  /** Signs in, starts a desktop on which something moves, and waits for its picture. */
  static async open(chromium: RawChromium, product: Product): Promise<HiddenDesktopTab> {
    const first = await chromium.open(`${product.url}/sign-in`);
    const cookie = await product.signIn(product.administrator);
    for (const pair of cookie.split("; ")) {
      const [name, value] = pair.split("=", 2);
      await first.send("Network.setCookie", { name, value, url: product.url });
    }
    const created = await fetch(`${product.url}/api/sessions`, {
      method: "POST",
      headers: { cookie, origin: product.url, "content-type": "application/json" },
      body: JSON.stringify({ app_id: "desktop" }),
    });
    const { id } = (await created.json()) as { id: string };
    const tab = await chromium.open(`${product.url}/sessions/${id}`);
    await waitFor(tab, `/Connected/.test(document.body.textContent)`);
    const desktop = new HiddenDesktopTab(chromium, tab, id);
    await desktop.click(300, 400);
    await desktop.type("for i in $(seq 900); do echo line $i of many; sleep 0.05; done\r");
    return desktop;
  }

  /** Resolves when the red mark is there. */
  async record(): Promise<void> {
    await this.toggleRecording();
    await waitFor(this.tab, `document.querySelector('[aria-label^="Recording."]') !== null`);
  }

  /** Ctrl+Shift+R, with the keyboard in the desktop. */
  async toggleRecording(): Promise<void> {
    const key = { key: "R", code: "KeyR", windowsVirtualKeyCode: 82, modifiers: 2 | 8 };
    await this.tab.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...key });
    await this.tab.send("Input.dispatchKeyEvent", { type: "keyUp", ...key });
  }

  async hide(): Promise<void> {
    await this.chromium.open("about:blank");
    await waitFor(this.tab, `document.visibilityState === "hidden"`);
  }

  async show(): Promise<void> {
    await this.tab.send("Page.bringToFront");
    await waitFor(this.tab, `document.visibilityState === "visible"`);
  }

  private async click(x: number, y: number): Promise<void> {
    const at = { x, y, button: "left", clickCount: 1 };
    await this.tab.send("Input.dispatchMouseEvent", { type: "mousePressed", ...at });
    await this.tab.send("Input.dispatchMouseEvent", { type: "mouseReleased", ...at });
  }

  private async type(text: string): Promise<void> {
    for (const character of text) {
      const key = character === "\r" ? "Enter" : character;
      await this.tab.send("Input.dispatchKeyEvent", { type: "keyDown", key, text: character });
      await this.tab.send("Input.dispatchKeyEvent", { type: "keyUp", key });
    }
  }
}

async function waitFor(tab: RawTab, expression: string): Promise<void> {
  await expect.poll(() => tab.evaluate(expression), { timeout: 20_000 }).toBe(true);
}
