import type { Locator, Page } from "playwright-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { finishRecording, insertRecordings } from "../../support/listed-recordings";
import {
  DEVICES,
  expectFaultless,
  faultsOf,
  fillSignIn,
  NO_FAULTS,
  PageScene,
  pressUntil,
  settled,
  signedInPage,
} from "../../support/page-checks";
import { startProduct } from "../../support/product";

const scene = PageScene.install();
let page: Page;

afterEach(async () => {
  await scene.product.db.recording.deleteMany();
  await scene.product.db.session.deleteMany();
});

const STATES = [
  { description: "Being made", status: "recording", minutesAgo: 1 },
  { description: "On its way", status: "uploading", minutesAgo: 5 },
  { description: "A finished one", status: "ready", minutesAgo: 30 },
  { description: "One that did not work", status: "failed", minutesAgo: 90 },
] as const;

/** A narrow screen's words for the same thing are in the page too, unseen. */
const seen = (locator: Locator) => locator.filter({ visible: true });
const link = (name: string) => page.getByRole("link", { name, exact: true });

const openPalette = () =>
  pressUntil(page, "Control+k", page.getByRole("dialog", { name: "Find anything" }));

describe("signing in", () => {
  beforeEach(async () => {
    page = await scene.browser.newPage({ baseURL: scene.product.url });
  });

  it("sends a stranger to sign in and back to where they wanted to go", async () => {
    await page.goto("/recordings?status=failed");
    await page.waitForURL("**/sign-in?callbackUrl=*");
    await fillSignIn(page, scene.product.administrator);
    await page.waitForURL("**/recordings?status=failed");
    await page.getByRole("heading", { name: "Recordings" }).waitFor();
  });

  it("says in a sentence that the password is wrong, and stays where it is", async () => {
    await page.goto("/sign-in");
    await fillSignIn(page, { ...scene.product.administrator, password: "not this one" });
    const alert = page.getByRole("alert").filter({ hasText: "password is wrong" });
    await alert.waitFor();
    expect(new URL(page.url()).pathname).toBe("/sign-in");
  });

  it("never leads to another site afterwards", async () => {
    await page.goto("/sign-in?callbackUrl=https%3A%2F%2Fexample.org%2F");
    await fillSignIn(page, scene.product.administrator);
    await page.waitForURL(`${scene.product.url}/apps`);
  });
});

describe.each(DEVICES)("every page, $name", (device) => {
  it("has no fault that axe finds and never scrolls sideways", async () => {
    const [, , ready] = await insertRecordings(scene.product.db, "admin", STATES);
    const context = await scene.browser.newContext({
      ...device.options,
      baseURL: scene.product.url,
    });
    const stranger = await context.newPage();
    await stranger.goto("/sign-in");
    await expectFaultless(stranger, "sign-in", device);

    page = await scene.signedIn(device.options);
    const paths = [
      "/apps",
      "/sessions",
      "/recordings",
      "/recordings?q=nothing+has+this+name",
      `/recordings/${ready}`,
      "/admin/users",
      "/admin/sessions",
      "/admin/sessions?status=failed&user=nobody",
      "/admin/recordings",
      "/admin/settings",
      "/account",
      "/there-is-no-such-page",
    ];
    for (const path of paths) {
      await page.goto(path);
      await settled(page);
      await expectFaultless(page, path.replace(ready ?? "", "player"), device);
    }
    await openPalette();
    await page.getByRole("option", { name: "Sessions", exact: true }).waitFor();
    await expectFaultless(page, "palette", device);
  });
});

describe("the list of recordings", () => {
  let ids: string[];

  beforeEach(async () => {
    ids = await insertRecordings(scene.product.db, "admin", STATES);
    page = await scene.signedIn();
    await page.goto("/recordings");
    await link("Being made").waitFor();
  });

  it("says what each state means, and why one failed", async () => {
    const rows = page.getByRole("row");
    await rows.filter({ hasText: "safe on the server and the rest is on its way" }).waitFor();
    await rows.filter({ hasText: "No picture arrived before the recording ended" }).waitFor();
  });

  it("shows by itself that a recording became ready and that a new one began", async () => {
    const row = page.getByRole("row").filter({ has: link("Being made") });
    await seen(row.getByText("Recording", { exact: true })).waitFor();
    await finishRecording(scene.product.db, ids[0]!);
    await seen(row.getByText("Ready", { exact: true })).waitFor();
    await seen(row.getByText("1:35")).waitFor();
    await insertRecordings(scene.product.db, "admin", [
      { description: "Just begun", status: "recording", minutesAgo: 0 },
    ]);
    await link("Just begun").waitFor();
  });

  it("keeps search and filters in the address, through a reload and back again", async () => {
    await page.getByRole("button", { name: "Failed" }).click();
    await page.waitForURL("**/recordings?status=failed");
    await link("Being made").waitFor({ state: "detached" });
    await page.reload();
    await link("One that did not work").waitFor();
    expect(await page.getByRole("button", { name: "Failed" }).getAttribute("aria-pressed")).toBe(
      "true",
    );
    await page.getByRole("searchbox").fill("nothing has this name");
    await page.getByText("No recording matches").waitFor();
    await page.getByRole("button", { name: "Clear search and filters" }).click();
    await link("Being made").waitFor();
    expect(new URL(page.url()).search).toBe("");
  });

  it("is used by keyboard alone: search, move, select, open", async () => {
    await pressUntil(page, "/", page.locator("input[type=search]:focus"));
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.getByText("1 selected").waitFor();
    await page.keyboard.press("k");
    await page.keyboard.press("x");
    await page.getByText("2 selected").waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/recordings/${ids[2]}`);
  });

  it("deletes after asking and ten seconds, and not before", async () => {
    const remove = async () => {
      await page.getByRole("button", { name: "Actions for One that did not work" }).click();
      await page.getByRole("menuitem", { name: "Delete…" }).waitFor();
      expect(await faultsOf(page)).toEqual(NO_FAULTS);
      await page.getByRole("menuitem", { name: "Delete…" }).click();
    };
    await remove();
    await page.getByRole("alertdialog").waitFor();
    await page.getByRole("menu").waitFor({ state: "detached" });
    expect(await faultsOf(page)).toEqual(NO_FAULTS);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("alertdialog").waitFor({ state: "detached" });
    expect(await scene.product.db.recording.count()).toBe(4);
    await page.clock.install();
    await remove();
    await page.getByRole("button", { name: "Delete recording" }).click();
    await link("One that did not work").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Undo" }).click();
    await link("One that did not work").waitFor();
    await remove();
    await page.getByRole("button", { name: "Delete recording" }).click();
    await page.getByRole("button", { name: "Undo" }).waitFor();
    await page.clock.runFor(10_500);
    await page.getByText("1 recording deleted.").first().waitFor();
    expect(await scene.product.db.recording.count({ where: { id: ids[3]! } })).toBe(0);
  });

  it("goes on below the first page, as far as there is anything", async () => {
    const many = Array.from({ length: 260 }, (_, index) => ({
      description: `Older ${index}`,
      status: "ready" as const,
      minutesAgo: 100 + index,
    }));
    await insertRecordings(scene.product.db, "admin", many);
    await page.reload();
    await link("Being made").waitFor();
    await expect
      .poll(
        async () => {
          await page.keyboard.press("End");
          return link("Older 259").count();
        },
        { timeout: 30_000 },
      )
      .toBe(1);
    // Most of the rows are not in the page: it stays fast however long the list is.
    expect(await page.locator("[data-row-id]").count()).toBeLessThan(150);
  });
});

describe("the command palette", () => {
  it("goes to a page, and finds a recording by a word of its description", async () => {
    const [, , ready] = await insertRecordings(scene.product.db, "admin", STATES);
    page = await scene.signedIn();
    await openPalette();
    await page.keyboard.type("use");
    await page.getByRole("option", { name: "Admin: Users" }).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/admin/users");
    await openPalette();
    await page.keyboard.type("finished");
    await page.getByRole("option", { name: /A finished one/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/recordings/${ready}`);
  });
});

describe("users", () => {
  it("are made with a password that is shown once and works, until they are disabled", async () => {
    page = await scene.signedIn();
    await page.goto("/admin/users");
    await page.getByRole("button", { name: "New user" }).click();
    await page.getByLabel("User name").fill("maria");
    await page.getByRole("button", { name: "Create user" }).click();
    const shown = page.getByRole("dialog", { name: "Password of maria" });
    const password = await shown.locator("code").innerText();
    await shown.getByRole("button", { name: "Done" }).click();
    await page.getByRole("row").filter({ hasText: "maria" }).waitFor();

    const maria = { username: "maria", password };
    const hers = await scene.browser.newPage({ baseURL: scene.product.url });
    await hers.goto("/sign-in");
    await fillSignIn(hers, maria);
    await hers.waitForURL("**/apps");
    expect(await hers.getByRole("link", { name: "Admin" }).count()).toBe(0);
    const refused = await hers.goto("/admin/users");
    expect(refused?.status()).toBe(403);
    await hers.getByText("You are not allowed to see this").waitFor();

    await page.getByRole("button", { name: "Actions for maria" }).click();
    await page.getByRole("menuitem", { name: "Disable…" }).click();
    await page.getByRole("button", { name: "Disable", exact: true }).click();
    await seen(page.getByRole("row").filter({ hasText: "maria" }).getByText("Disabled")).waitFor();
    await hers.goto("/apps");
    await hers.waitForURL("**/sign-in?*");
    await fillSignIn(hers, maria);
    await hers.getByRole("alert").filter({ hasText: "This account is disabled." }).waitFor();
  });
});

describe("the settings", () => {
  it("are saved when they are changed, say by whom, and refuse what cannot be", async () => {
    page = await scene.signedIn();
    await page.goto("/admin/settings");
    const quota = page.getByLabel("Let one user’s recordings take up to");
    await quota.fill("many");
    await quota.press("Tab");
    await page.getByText("Give a whole number of MiB, such as 512.").waitFor();
    await quota.fill("4096");
    await quota.press("Enter");
    await page.getByText("Saved. It holds from now on.").first().waitFor();
    await page.reload();
    await expect.poll(() => quota.inputValue()).toBe("4096");
    await page.getByText(/Changed by admin/).waitFor();
  });
});

describe("the account", () => {
  it("keeps the theme that was chosen, from the first paint on", async () => {
    page = await scene.signedIn();
    await page.goto("/account");
    await page.getByRole("combobox", { name: "Theme" }).click();
    await page.getByRole("option", { name: "Dark" }).waitFor();
    expect(await faultsOf(page)).toEqual(NO_FAULTS);
    await page.getByRole("option", { name: "Dark" }).click();
    const theme = () => page.evaluate(() => document.documentElement.dataset["theme"]);
    await expect.poll(theme).toBe("dark");
    const html = await (await page.request.get("/account")).text();
    expect(html).toContain('data-theme="dark"');
  });
});

describe("with recording switched off", () => {
  it("shows nothing of recording anywhere", async () => {
    const silent = await startProduct({ SORTIE_VIDEO_RECORDING_ENABLED: "false" });
    try {
      page = await signedInPage(scene.browser, silent);
      expect(await page.getByRole("link", { name: "Recordings" }).count()).toBe(0);
      for (const path of ["/recordings", "/admin/recordings", "/admin/settings"]) {
        expect((await page.goto(path))?.status(), path).toBe(404);
      }
      for (const path of ["/apps", "/sessions", "/admin/users"]) {
        await page.goto(path);
        await settled(page);
        expect(await page.getByText(/recording/i).count(), path).toBe(0);
      }
    } finally {
      await silent.close();
    }
  });
});
