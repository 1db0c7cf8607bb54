import type { Page } from "playwright-core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { deferred } from "../../support/deferred";
import { insertRecordings } from "../../support/listed-recordings";
import {
  DEVICES,
  expectFaultless,
  faultsOf,
  keepPicture,
  NO_FAULTS,
  PageScene,
  settled,
} from "../../support/page-checks";

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

it("sorts by its headers, says so, keeps it in the address and takes new rows in where they belong", async () => {
  const started = page.getByRole("columnheader", { name: "Started" });
  expect(await started.getAttribute("aria-sort")).toBe("descending");
  await started.getByRole("button").click();
  await page.waitForURL("**/admin/recordings?sort=oldest");
  await expect.poll(() => started.getAttribute("aria-sort")).toBe("ascending");
  await expect.poll(() => page.locator("[data-row-link]").first().innerText()).toBe("The third");
  await page.reload();
  const rows = page.locator("[data-row-link]");
  await expect.poll(() => rows.first().innerText()).toBe("The third");
  const later = { description: "Came later", status: "ready", minutesAgo: 0 } as const;
  await insertRecordings(scene.product.db, "admin", [later]);
  await link("Came later").waitFor();
  expect(await rows.last().innerText()).toBe("Came later");
});

it("filters by what its address says, and exports just that", async () => {
  await page.goto("/admin/recordings?user=admin&min=1&status=ready&from=2020-01-01");
  await link("The first").waitFor();
  expect(await link("Being made").count()).toBe(0);
  const href = await page.getByRole("link", { name: "CSV" }).getAttribute("href");
  const csv = await page.request.get(`${scene.product.url}${href ?? ""}`);
  expect((await csv.text()).trimEnd().split("\r\n")).toHaveLength(1 + 3);
  const user = page.getByRole("searchbox", { name: "Whole user name" });
  expect(await user.inputValue()).toBe("admin");
  await user.fill("nobody");
  await page.waitForURL((url) => url.searchParams.get("user") === "nobody");
  await page.getByText("No recording matches").waitFor();
});

/** So that there is a second cluster. */
async function insertInTheEast(): Promise<void> {
  const { db } = scene.product;
  const recording = { description: "In the east", status: "ready", minutesAgo: 10 } as const;
  const [id] = await insertRecordings(db, "admin", [recording]);
  const data = { cluster: "east", session: { update: { cluster: "east" } } };
  await db.recording.update({ where: { id: id! }, data });
}

it("offers clusters where there are several, in the address and the export, and a column that names them", async () => {
  const cluster = page.getByRole("combobox", { name: "Cluster" });
  await page.getByRole("combobox", { name: "App" }).waitFor();
  expect(await cluster.count()).toBe(0);
  await insertInTheEast();
  await page.reload();
  await cluster.click();
  await page.getByRole("option", { name: "east" }).click();
  await page.waitForURL("**/admin/recordings?cluster=east");
  await link("The first").waitFor({ state: "detached" });
  await link("In the east").waitFor();
  const href = await page.getByRole("link", { name: "CSV" }).getAttribute("href");
  expect(href).toBe("/api/admin/recordings/export?cluster=east");
  const header = page.getByRole("columnheader", { name: "Cluster" });
  expect(await header.count()).toBe(0);
  await button("Columns").click();
  await page.getByRole("menuitemcheckbox", { name: "Cluster" }).click();
  await header.waitFor();
  await page.getByRole("cell", { name: "east", exact: true }).waitFor();
});

it("remembers which columns somebody wants to see, and shows those also where there is little room", async () => {
  const item = (name: string) => page.getByRole("menuitemcheckbox", { name, exact: true });
  const header = (name: string) => page.getByRole("columnheader", { name, exact: true });
  await button("Columns").click();
  await item("Size").click();
  await header("Size").waitFor({ state: "detached" });
  // The desk is too narrow for it: the menu says so, and to choose it is to see it.
  expect(await item("App").getAttribute("aria-checked")).toBe("false");
  await item("App").click();
  await header("App").waitFor();
  await page.setViewportSize({ width: 900, height: 800 });
  expect(await item("Session").getAttribute("aria-checked")).toBe("false");
  await item("Session").click();
  await page.reload();
  await link("Being made").waitFor();
  for (const name of ["App", "Session"]) await header(name).waitFor();
  expect(await header("Size").count()).toBe(0);
  expect(await header("Recording").isVisible()).toBe(false);
  expect(await faultsOf(page)).toEqual(NO_FAULTS);
  await keepPicture(page, "admin recordings, chosen columns");
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

it("says how far it is with deleting, and keeps what it has not reached when told to stop", async () => {
  await page.clock.install();
  const [first, released] = [deferred<null>(), deferred<null>()];
  await page.route(`**/api/recordings/${ids[1]!}`, async (route) => {
    if (route.request().method() !== "DELETE") return route.continue();
    first.resolve(null);
    await released.promise;
    return route.continue();
  });
  await askToDelete("The first", "The second", "The third");
  await page.clock.runFor(10_500);
  await first.promise;
  const progress = page.getByRole("region", { name: "Deleting" });
  await progress.getByText("Deleting: 0 of 3.").waitFor();
  await progress.getByRole("button", { name: "Stop" }).click();
  released.resolve(null);
  await page.getByText("1 recording deleted. 2 recordings stay.").first().waitFor();
  for (const name of ["The second", "The third"]) await link(name).waitFor();
  expect(await count()).toBe(3);
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
  // The page's time stands still until the test moves it: the second begins when the first has been seen.
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 60_000);
  await button("Download").click();
  const progress = page.getByRole("region", { name: "Downloading" });
  await progress.getByText("Downloading: 1 of 2,").waitFor();
  await page.clock.runFor(1_000);
  await progress.getByText("Downloading: 2 of 2,").waitFor();
  await page.clock.runFor(1_000);
  await page.getByText("2 downloads begun").first().waitFor();
  expect(await page.evaluate("window.saved")).toEqual(
    [ids[1], ids[2]].map((id) => `/api/recordings/${id!}/download`),
  );
});

it.each(DEVICES)("has no fault with every filter on, $name", async (device) => {
  await insertInTheEast();
  page = await scene.signedIn(device.options);
  await page.goto(
    "/admin/recordings?user=admin&cluster=east&flags=interrupted&from=2026-01-01&min=1",
  );
  await settled(page);
  await expectFaultless(page, "admin recordings filtered", device);
  await page.goto("/admin/recordings");
  await link("Being made").waitFor();
  await choose("The first");
  await expectFaultless(page, "admin recordings selected", device);
});
