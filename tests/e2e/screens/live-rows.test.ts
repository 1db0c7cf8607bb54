import type { Page } from "playwright-core";
import { beforeEach, expect, it } from "vitest";
import { deferred } from "../../support/deferred";
import { finishRecording, insertRecordings } from "../../support/listed-recordings";
import { faultsOf, NO_FAULTS, PageScene } from "../../support/page-checks";

const scene = PageScene.install();
let page: Page;

beforeEach(async () => {
  page = await scene.signedIn();
});

const insert = (description: string, status: "recording" | "ready") =>
  insertRecordings(scene.product.db, "admin", [{ description, status, minutesAgo: 1 }]);
const link = (name: string) => page.getByRole("link", { name, exact: true });

it("leaves a deleted recording out, also when an older answer arrives after it", async () => {
  await insert("To be deleted", "ready");
  await page.goto("/recordings");
  await link("To be deleted").waitFor();
  const [answered, released] = [deferred<null>(), deferred<null>()];
  const list = /\/api\/recordings(\?.*)?$/;
  const hold = async (route: Parameters<Parameters<Page["route"]>[1]>[0]) => {
    // No earlier answer can show it: seeing it is seeing this answer.
    await insert("Just begun", "recording");
    const response = await route.fetch();
    answered.resolve(null);
    await released.promise;
    await route.fulfill({ response });
  };
  await page.route(list, hold, { times: 1 });
  await answered.promise;
  await page.getByRole("button", { name: "Actions for To be deleted" }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  await page.getByRole("button", { name: "Delete recording" }).click();
  await page.getByText("1 recording will be deleted in ten seconds.").waitFor();
  released.resolve(null);
  await link("Just begun").waitFor();
  expect(await link("To be deleted").count()).toBe(0);
});

it("asks for a recording that is on its way only while somebody looks", async () => {
  const [id = ""] = await insert("On its way", "recording");
  await page.clock.install();
  await page.addInitScript(`
    let hidden = false;
    Object.defineProperty(document, "hidden", { get: () => hidden });
    window.setHidden = (value) => {
      hidden = value;
      document.dispatchEvent(new Event("visibilitychange"));
    };
  `);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const path = `/api/recordings/${id}`;
  await page.goto(`/recordings/${id}`);
  await expect.poll(() => asked.includes(path), { timeout: 15_000 }).toBe(true);
  await page.evaluate("setHidden(true)");
  await page.waitForLoadState("networkidle");
  asked.length = 0;
  await page.clock.runFor(20_000);
  expect(asked).not.toContain(path);
  await finishRecording(scene.product.db, id);
  await page.evaluate("setHidden(false)");
  await page.getByRole("button", { name: "play", exact: true }).waitFor();
});

it("takes a recording that is gone already for deleted", async () => {
  const [id = ""] = await insert("Gone already", "ready");
  await page.clock.install();
  await page.goto(`/recordings/${id}`);
  await page.getByRole("button", { name: "Delete" }).click();
  await scene.product.db.recording.delete({ where: { id } });
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete recording" }).click();
  await page.getByText("1 recording will be deleted in ten seconds.").waitFor();
  await page.clock.runFor(10_500);
  await page.waitForURL("**/recordings");
});

it("shows what is done elsewhere to rows below the first page", async () => {
  const { db } = scene.product;
  const rows = Array.from({ length: 130 }, (_, index) => ({
    description: `Row ${index}`,
    status: "ready" as const,
    minutesAgo: 10 + index,
  }));
  const ids = await insertRecordings(db, "admin", rows);
  await page.goto("/recordings");
  const row = (index: number) => page.getByRole("row").filter({ has: link(`Row ${index}`) });
  await row(0).waitFor();
  const down = async () => {
    await page.mouse.wheel(0, 5_000);
    return row(129).count();
  };
  await page.mouse.move(640, 400);
  await expect.poll(down, { timeout: 20_000 }).toBe(1);
  await db.legalHold.create({
    data: { recordingId: ids[128]!, reason: "A case", placedBy: "ann" },
  });
  await row(128).getByText("On hold").waitFor();
  await db.recording.delete({ where: { id: ids[127]! } });
  await row(127).waitFor({ state: "detached" });
  expect(await row(126).count()).toBe(1);
  await db.legalHold.updateMany({ data: { liftedAt: new Date(), liftedBy: "ann" } });
  await row(128).getByText("On hold").waitFor({ state: "detached" });
});

it("says that more rows could not be loaded, and loads them when asked or when it can again", async () => {
  const { db } = scene.product;
  const rows = Array.from({ length: 130 }, (_, index) => ({
    description: `Old ${index}`,
    status: "ready" as const,
    minutesAgo: 500 + index,
  }));
  await db.recording.deleteMany();
  await insertRecordings(db, "admin", rows);
  // As a busy browser has it, which tells at once that the end was out of view and that it is in view.
  await page.addInitScript(`
    const Observer = window.IntersectionObserver;
    window.IntersectionObserver = class extends Observer {
      constructor(onChange, options) {
        const before = ({ target }) => ({ target, isIntersecting: false, intersectionRatio: 0 });
        super((entries) => onChange([...entries.map(before), ...entries]), options);
      }
    };
  `);
  let isAway = true;
  await page.route(/cursor=/, (route) => (isAway ? route.abort() : route.continue()));
  await page.clock.install();
  await page.goto("/recordings");
  await link("Old 0").waitFor();
  // No time passes here, so nothing is asked for again but by the button.
  await page.clock.pauseAt(Date.now() + 60_000);
  const failed = page.getByRole("status").filter({ hasText: "More rows could not be loaded." });
  await link("Old 49").scrollIntoViewIfNeeded();
  await failed.waitFor();
  isAway = false;
  await page.getByRole("button", { name: "Try again" }).press("Enter");
  await link("Old 50").waitFor();

  isAway = true;
  await link("Old 99").scrollIntoViewIfNeeded();
  await failed.waitFor();
  await page.clock.resume();
  expect(await faultsOf(page)).toEqual(NO_FAULTS);
  isAway = false;
  await link("Old 129").waitFor();
  await failed.waitFor({ state: "detached" });
});
