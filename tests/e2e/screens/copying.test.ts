import type { Page } from "playwright-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { insertRecordings } from "../../support/listed-recordings";
import { PageScene } from "../../support/page-checks";

const scene = PageScene.install();
let page: Page;
let recordingId: string;
let faults: Error[];

beforeEach(async () => {
  [recordingId = ""] = await insertRecordings(scene.product.db, "admin", [
    { description: "A finished one", status: "ready", minutesAgo: 5 },
  ]);
  page = await scene.signedIn();
  faults = [];
  page.on("pageerror", (fault) => faults.push(fault));
});
afterEach(() => {
  expect(faults).toEqual([]);
});

/** As on plain http, where the browser has no clipboard API. */
const withoutApi = () =>
  page.addInitScript("Object.defineProperty(navigator, 'clipboard', { value: undefined })");

const copyId = () => page.getByRole("button", { name: "Copy recording id" }).click();

/** What comes out when somebody pastes. */
async function pasted(): Promise<string> {
  await page.goto("/recordings");
  await page.getByRole("searchbox").focus();
  await page.keyboard.press("ControlOrMeta+KeyV");
  return page.getByRole("searchbox").inputValue();
}

describe("somebody who copies on plain http", () => {
  beforeEach(withoutApi);

  it("gets a whole id, and hears that it worked", async () => {
    await page.goto(`/recordings/${recordingId}`);
    await copyId();
    await page.getByRole("status").filter({ hasText: "Copied" }).waitFor();
    expect(await pasted()).toBe(recordingId);
  });

  it("gets a password out of the dialog that shows it once", async () => {
    await page.goto("/admin/users");
    await page.getByRole("button", { name: "New user" }).click();
    await page.getByLabel("User name").fill("nora");
    await page.getByRole("button", { name: "Create user" }).click();
    const dialog = page.getByRole("dialog", { name: "Password of nora" });
    await dialog.getByRole("button", { name: "Copy password" }).click();
    await dialog.getByRole("status").filter({ hasText: "Copied" }).waitFor();
    const password = await dialog.locator("code").innerText();
    expect(await pasted()).toBe(password);
  });

  it("keeps what they had selected and where the keyboard was", async () => {
    await page.goto(`/recordings/${recordingId}`);
    const heading = page.getByRole("heading", { level: 1 });
    await heading.selectText();
    await copyId();
    await page.getByRole("status").filter({ hasText: "Copied" }).waitFor();
    expect(await page.evaluate(() => getSelection()?.toString())).toBe("A finished one");
    const focused = page.locator("button:focus");
    expect(await focused.getAttribute("aria-label")).toContain("Copy recording id");
  });
});

it("tells who may not copy at all how to get it by hand", async () => {
  await withoutApi();
  await page.addInitScript("document.execCommand = () => false");
  await page.goto(`/recordings/${recordingId}`);
  await copyId();
  await page
    .getByText(`did not allow copying. Take it from here: ${recordingId}`)
    .first()
    .waitFor();
});
