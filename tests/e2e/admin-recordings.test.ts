import type { Page } from "playwright-core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { insertRecordings } from "../support/listed-recordings";
import {
  DEVICES,
  expectFaultless,
  faultsOf,
  keepPicture,
  NO_FAULTS,
  PageScene,
  settled,
} from "../support/page-checks";

const scene = PageScene.install();
const ROWS = [
  { description: "Being made", status: "recording", minutesAgo: 1 },
  { description: "The first", status: "ready", minutesAgo: 30 },
  { description: "The second", status: "ready", minutesAgo: 60 },
  { description: "The third", status: "ready", minutesAgo: 90 },
] as const;

let page: Page;
let ids: string[];
const link = (name: string) => page.getByRole("link", { name, exact: true });
const button = (name: string | RegExp) => page.getByRole("button", { name });
const count = () => scene.product.db.recording.count();

beforeEach(async () => {
  ids = await insertRecordings(scene.product.db, "admin", ROWS);
  page = await scene.signedIn();
  await page.goto("/admin/recordings");
  await link("Being made").waitFor();
});
afterEach(async () => {
  const lifted = { liftedAt: new Date(), liftedBy: "admin" };
  await scene.product.db.legalHold.updateMany({ where: { liftedAt: null }, data: lifted });
  await scene.product.db.legalHold.deleteMany();
  await scene.product.db.recording.deleteMany();
  await scene.product.db.session.deleteMany();
});

const choose = async (...names: readonly string[]) => {
  for (const name of names) await page.getByRole("checkbox", { name: `Select ${name}` }).click();
};

async function askToDelete(...names: readonly string[]): Promise<void> {
  await choose(...names);
  await button("Delete…").click();
  await page
    .getByRole("alertdialog")
    .getByRole("button", { name: /^Delete/ })
    .click();
  for (const name of names) await link(name).waitFor({ state: "detached" });
}

it("sorts by its headers, says so to screen readers, and keeps it in the address", async () => {
  const started = page.getByRole("columnheader", { name: "Started" });
  expect(await started.getAttribute("aria-sort")).toBe("descending");
  await started.getByRole("button").click();
  await page.waitForURL("**/admin/recordings?sort=oldest");
  await expect.poll(() => started.getAttribute("aria-sort")).toBe("ascending");
  await expect.poll(() => page.locator("[data-row-link]").first().innerText()).toBe("The third");
  await page.reload();
  await expect.poll(() => page.locator("[data-row-link]").first().innerText()).toBe("The third");
});

it("filters by what its address says, and exports just that", async () => {
  await page.goto("/admin/recordings?user=admin&min=1&status=ready&from=2020-01-01");
  await link("The first").waitFor();
  expect(await link("Being made").count()).toBe(0);
  const href = await page.getByRole("link", { name: "CSV" }).getAttribute("href");
  const csv = await page.request.get(`${scene.product.url}${href ?? ""}`);
  expect((await csv.text()).trimEnd().split("\r\n")).toHaveLength(1 + 3);
  await button(/^Of admin/).click();
  await page.waitForURL((url) => !url.searchParams.has("user"));
  await page.goto("/admin/recordings?user=nobody");
  await page.getByText("No recording matches").waitFor();
});

it("remembers which columns somebody wants to see", async () => {
  await button("Columns").click();
  await page.getByRole("menuitemcheckbox", { name: "Size" }).click();
  const size = page.getByRole("columnheader", { name: "Size" });
  await size.waitFor({ state: "detached" });
  await page.reload();
  await link("Being made").waitFor();
  await size.waitFor({ state: "detached" });
});

it("plays over the list, under an address of its own, until Escape", async () => {
  await link("The first").click();
  await page.waitForURL(`**/admin/recordings?play=${ids[1]!}`);
  const dialog = page.getByRole("dialog", { name: "The first" });
  await dialog.locator("video").waitFor();
  expect(await faultsOf(page)).toEqual(NO_FAULTS);
  await keepPicture(page, "admin recordings, playing");
  await page.reload();
  await dialog.locator("video").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(new URL(page.url()).search).toBe("");
});

it("deletes after ten seconds, and nothing when it is taken back before", async () => {
  await page.clock.install();
  await askToDelete("The first", "The second");
  await page.getByText("2 recordings will be deleted in ten seconds.").waitFor();
  expect(await faultsOf(page)).toEqual(NO_FAULTS);
  await keepPicture(page, "admin recordings, undo");
  await button("Undo").click();
  await link("The first").waitFor();
  await page.clock.runFor(15_000);
  expect(await count()).toBe(4);

  await askToDelete("The first", "The third");
  await page.clock.runFor(10_500);
  await page.getByText("2 recordings deleted.").first().waitFor();
  const left = await scene.product.db.recording.findMany({ orderBy: { createdAt: "desc" } });
  expect(left.map(({ description }) => description)).toEqual(["Being made", "The second"]);
});

it("deletes nothing when the list is left before the ten seconds are over, and says so", async () => {
  await page.clock.install();
  await askToDelete("The first");
  await page.getByRole("link", { name: "Users" }).first().click();
  await page.getByText("You left the list: nothing was deleted.").first().waitFor();
  await page.clock.runFor(15_000);
  expect(await count()).toBe(4);
});

it("keeps what is under legal hold, and says how much of the selection that is", async () => {
  await scene.product.db.legalHold.create({
    data: { recordingId: ids[1]!, reason: "A case", placedBy: "admin" },
  });
  await page.reload();
  await choose("The first", "The second");
  await button("Delete…").click();
  await page.getByText("1 recording is under legal hold and stays.").waitFor();
  await page.getByRole("button", { name: "Delete 1 recording" }).waitFor();
});

it("puts the chosen on hold for one reason, and lifts what is on them while the rest stays held", async () => {
  const { db } = scene.product;
  await choose("The first", "The second");
  await button("Hold…").click();
  await page.getByLabel("Reason").fill("Case 12");
  await button("Place hold").click();
  await page.getByText("2 recordings put on hold.").first().waitFor();
  await expect.poll(() => page.getByRole("row").getByText("On hold").count()).toBe(2);
  const placed = await db.legalHold.findMany({ where: { reason: "Case 12" } });
  expect(placed.map(({ recordingId }) => recordingId).toSorted()).toEqual(
    [ids[1], ids[2]].toSorted(),
  );

  const { sessionId } = await db.recording.findUniqueOrThrow({ where: { id: ids[2]! } });
  await db.legalHold.create({ data: { sessionId, reason: "The session", placedBy: "admin" } });
  await choose("The first", "The second");
  await button("Lift holds…").click();
  await page.getByLabel("Reason").fill("Case 12 is closed");
  expect(await faultsOf(page)).toEqual(NO_FAULTS);
  await button("Lift holds").click();
  await page.getByText("Their session or their user is on hold.").first().waitFor();
  expect(await db.legalHold.count({ where: { liftReason: "Case 12 is closed" } })).toBe(2);
});

it("stops placing holds when told to, and says how many it reached", async () => {
  await page.route("**/api/admin/holds", async (route) => {
    await button("Stop").click();
    await route.continue();
  });
  await choose("The first", "The second", "The third");
  await button("Hold…").click();
  await page.getByLabel("Reason").fill("Case 13");
  await button("Place hold").click();
  await page.getByText("1 recording put on hold. 2 were not reached.").first().waitFor();
});

it("saves each chosen recording as a file of its own", async () => {
  // These rows have no file behind them: what counts is which the browser is told to save.
  await page.evaluate(`
    window.saved = [];
    HTMLAnchorElement.prototype.click = function () { window.saved.push(this.pathname); };
  `);
  await choose("The first", "The second", "Being made");
  await button("Download").click();
  await page.getByText("2 downloads begun").first().waitFor();
  expect(await page.evaluate("window.saved")).toEqual(
    [ids[1], ids[2]].map((id) => `/api/recordings/${id!}/download`),
  );
});

it.each(DEVICES)("has no fault with every filter on, $name", async (device) => {
  page = await scene.signedIn(device.options);
  await page.goto("/admin/recordings?user=admin&flags=interrupted&from=2026-01-01&min=1");
  await settled(page);
  await expectFaultless(page, "admin recordings filtered", device);
  await page.goto("/admin/recordings");
  await link("Being made").waitFor();
  await choose("The first");
  await expectFaultless(page, "admin recordings selected", device);
});
