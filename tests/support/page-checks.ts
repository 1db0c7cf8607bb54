import { mkdirSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { CHROMIUM_FLAGS } from "./captures";
import { type Credentials, type Product, startProduct } from "./product";

/** Long enough on a busy machine. */
export const SOON = { timeout: 15_000 };

interface SceneOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

/** What the browser tests of a file share: one browser, and the product as it was built. */
export class PageScene {
  browser!: Browser;
  product!: Product;

  /**
   * To be called at the top of a file or in a `describe`. What a test opened is closed after it.
   * `environment` is the product's, `flags` are the browser's, both beside what every test has.
   */
  static install({ environment = {}, flags = [] }: SceneOptions = {}): PageScene {
    const scene = new PageScene();
    beforeAll(async () => {
      [scene.browser, scene.product] = await Promise.all([
        chromium.launch({
          executablePath: "/usr/bin/chromium",
          args: [...CHROMIUM_FLAGS, ...flags],
        }),
        startProduct(environment),
      ]);
    });
    afterEach(async () => {
      for (const context of scene.browser.contexts()) await context.close();
    });
    afterAll(async () => {
      await scene.browser.close();
      await scene.product.close();
    });
    return scene;
  }

  /** A page at `path`, of a browser of its own in which the administrator, or whom else, is signed in. */
  signedIn(
    options: BrowserContextOptions = {},
    who: Credentials = this.product.administrator,
    path = "/apps",
  ): Promise<Page> {
    return signedInPage(this.browser, this.product, who, options, path);
  }
}

/** What a page is looked at on; it is looked at in both themes there. */
export interface Device {
  readonly name: string;
  readonly options: BrowserContextOptions;
}

const DESK = { viewport: { width: 1280, height: 800 } };
const TELEPHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

export const ON_A_DESK: Device = { name: "on a desk", options: DESK };
export const ON_A_TELEPHONE: Device = { name: "360 px wide", options: TELEPHONE };
export const DEVICES: readonly Device[] = [ON_A_DESK, ON_A_TELEPHONE];

/** What another theme can change of axe's verdict: all else a page has in both. */
const RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"];

/** What is wrong with a page as it stands: axe's violations, and how far it scrolls sideways. */
export interface PageFaults {
  readonly violations: readonly string[];
  readonly sidewaysPx: number;
}

/** `rules` are the only ones of axe's that are tried; all by default. What is in frames is not looked at. */
export async function faultsOf(page: Page, rules?: readonly string[]): Promise<PageFaults> {
  await stoodStill(page);
  // Half a megabyte of script: once for each page that is loaded.
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe.source);
  return page.evaluate(findFaults, rules === undefined ? null : [...rules]);
}

/** Runs inside the page, with axe in it. */
async function findFaults(rules: string[] | null): Promise<PageFaults> {
  const axeHere = (window as unknown as { axe: typeof axe }).axe;
  // The guards around a popup hand the focus on at once, which axe cannot know.
  const { violations } = await axeHere.run(
    { exclude: ["[data-base-ui-focus-guard]"] },
    { iframes: false, ...(rules === null ? {} : { runOnly: rules }) },
  );
  const { scrollWidth, clientWidth } = document.documentElement;
  return {
    violations: violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`,
    ),
    sidewaysPx: scrollWidth - clientWidth,
  };
}

/** Waits for whatever is fading in or out, or about to: half-way it has not the contrast it will have. */
async function stoodStill(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    const passing = () =>
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity);
    do {
      await Promise.allSettled(passing().map(({ finished }) => finished));
      // What appears begins to fade in a frame later.
      await frame();
      await frame();
    } while (passing().length > 0);
  });
}

export const NO_FAULTS: PageFaults = { violations: [], sidewaysPx: 0 };

/** Waits until the page shows what it is about, and not the shape of what is on its way. */
export async function settled(page: Page): Promise<void> {
  await page.getByText("on their way.").waitFor({ state: "detached" });
  await page.getByRole("heading", { level: 1 }).waitFor();
}

/** Keeps a picture of the page for somebody to look at, under `test-results/pages`. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = join("test-results", "pages");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name.replaceAll(/[^a-z0-9]+/gi, "-")}.png`);
  await page.screenshot({ path, animations: "disabled" });
}

/** Keeps pictures of the page as it stands in each theme; axe finds nothing in it and nothing scrolls sideways. */
export async function expectFaultless(page: Page, state: string, device: Device): Promise<void> {
  for (const [theme, rules] of [
    ["light", undefined],
    ["dark", RULES_OF_COLOUR],
  ] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await keepPicture(page, `${state} ${theme}, ${device.name}`);
    expect({ state, theme, ...(await faultsOf(page, rules)) }).toEqual({
      ...{ state, theme },
      ...NO_FAULTS,
    });
  }
}

/** A page at `path`, of a browser of its own in which somebody has signed in before. */
export async function signedInPage(
  browser: Browser,
  product: Product,
  { username }: Credentials = product.administrator,
  options: BrowserContextOptions = {},
  path = "/apps",
): Promise<Page> {
  const context = await browser.newContext({ ...DESK, ...options, baseURL: product.url });
  const [name = "", value = ""] = (await product.cookieOf(username)).split("=");
  await context.addCookies([{ name, value, url: product.url, httpOnly: true, sameSite: "Lax" }]);
  const page = await context.newPage();
  await page.goto(path);
  return page;
}

export async function fillSignIn(page: Page, { username, password }: Credentials): Promise<void> {
  await page.getByLabel("User name").fill(username);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Presses a key of the page until it takes effect: a page that was just loaded may not listen yet. */
export async function pressUntil(page: Page, key: string, effect: Locator): Promise<void> {
  await expect
    .poll(
      async () => {
        if ((await effect.count()) === 0) await page.keyboard.press(key);
        return effect.count();
      },
      { timeout: 20_000 },
    )
    .toBe(1);
}
