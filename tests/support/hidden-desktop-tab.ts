import { expect } from "vitest";
import type { Product } from "./product";
import type { RawChromium, RawTab } from "./raw-chromium";

/** Only then does somebody take what is typed: an empty desktop is of one colour. */
const A_WINDOW_IS_PAINTED = `(() => {
  const canvas = document.querySelector("canvas[role=application]");
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(pixels.data.buffer)).size > 4;
})()`;

/** A desktop's tab driven over the DevTools protocol alone, so that it can really be hidden. */
export class HiddenDesktopTab {
  private constructor(
    private readonly chromium: RawChromium,
    private readonly tab: RawTab,
    readonly sessionId: string,
  ) {}

  /** Signs in, starts a desktop on which something moves, and waits for its picture. */
  static async open(chromium: RawChromium, product: Product): Promise<HiddenDesktopTab> {
    const cookie = await signInHere(chromium, product);
    const created = await fetch(`${product.url}/api/sessions`, {
      method: "POST",
      headers: { cookie, origin: product.url, "content-type": "application/json" },
      body: JSON.stringify({ app_id: "desktop" }),
    });
    const { id } = (await created.json()) as { id: string };
    const tab = await chromium.open(`${product.url}/sessions/${id}`);
    await waitFor(tab, `/Connected/.test(document.body.textContent)`);
    await waitFor(tab, A_WINDOW_IS_PAINTED);
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

  /** Resolves when the red mark is gone. */
  async stop(): Promise<void> {
    await this.toggleRecording();
    await waitFor(this.tab, `document.querySelector('[aria-label^="Recording."]') === null`);
  }

  /** Ctrl+Shift+R, with the keyboard in the desktop. */
  async toggleRecording(): Promise<void> {
    const key = { key: "R", code: "KeyR", windowsVirtualKeyCode: 82, modifiers: 2 | 8 };
    await this.tab.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...key });
    await this.tab.send("Input.dispatchKeyEvent", { type: "keyUp", ...key });
  }

  /** As the bar tells it to those who cannot see it. */
  async recordedSeconds(): Promise<number> {
    const said = `document.querySelector('[aria-label^="Recording."]')?.ariaLabel ?? ""`;
    const [, minutes, seconds] = /(\d+):(\d\d) recorded/.exec(await this.tab.evaluate(said)) ?? [];
    return Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  }

  /** From now on none of its bytes reach the server; the desktop's picture goes on. */
  async cutUploads(): Promise<void> {
    await this.tab.send("Network.enable");
    await this.tab.send("Network.setBlockedURLs", { urls: ["*/upload"] });
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

/** Signs the administrator in to the browser; returns the `cookie` header. */
export async function signInHere(chromium: RawChromium, product: Product): Promise<string> {
  const first = await chromium.open(`${product.url}/sign-in`);
  const cookie = await product.cookieOf(product.administrator.username);
  for (const pair of cookie.split("; ")) {
    const [name, value] = pair.split("=", 2);
    await first.send("Network.setCookie", { name, value, url: product.url });
  }
  return cookie;
}

async function waitFor(tab: RawTab, expression: string): Promise<void> {
  await expect.poll(() => tab.evaluate(expression), { timeout: 20_000 }).toBe(true);
}
