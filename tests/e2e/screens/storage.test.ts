import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { saveJobRun } from "@/lib/operations/job-runs";
import { openQueue } from "@/lib/queue/connection";
import { insertRecordings } from "../../support/listed-recordings";
import { DEVICES, expectFaultless, PageScene, settled } from "../../support/page-checks";

const scene = PageScene.install();
let page: Page;

const DAY_MINUTES = 24 * 60;

describe("an administrator at Storage & jobs", () => {
  it("is told what will be here while there is nothing yet", async () => {
    page = await scene.signedIn();
    await page.goto("/admin/storage");
    await page.getByText("Nothing is recorded yet.").waitFor();
    await page.getByText("No failed job waits for anybody.").waitFor();
  });
});

describe("with recordings and a job that failed", () => {
  beforeAll(async () => {
    const { db } = scene.product;
    const recordings = Array.from({ length: 40 }, (_, n) => ({
      ...{ description: `Recording ${n}`, status: "ready" as const },
      minutesAgo: ((n * n) % 29) * DAY_MINUTES,
    }));
    await insertRecordings(db, "admin", recordings);
    const startedAt = new Date();
    const run = { startedAt, finishedAt: new Date(startedAt.getTime() + 1_234) };
    await saveJobRun(db, { job: "reconcile-storage", ...run, result: { found: 2 }, error: null });
    const error = "The bucket “recordings” cannot be reached.";
    await saveJobRun(db, { job: "reconcile-storage", ...run, result: null, error });
  });

  describe.each(DEVICES)("$name", (device) => {
    it("the page has no fault, also with the chart as a table", async () => {
      page = await scene.signedIn(device.options);
      await page.goto("/admin/storage");
      await settled(page);
      await page.getByRole("img", { name: /^Added per day/ }).waitFor();
      await page.getByText(/took 1\.2 s: The bucket/).waitFor();
      await expectFaultless(page, "storage", device);
      await page.getByText("Show as a table").click();
      await page.getByRole("table", { name: "Added per day" }).waitFor();
      await expectFaultless(page, "storage-table", device);
      await page.getByRole("table", { name: "Jobs" }).scrollIntoViewIfNeeded();
      await expectFaultless(page, "storage-jobs", device);
    });
  });

  it("the job is run again by its button, and is gone from the failures", async () => {
    const config = { databaseUrl: scene.product.databaseUrl, redisUrl: undefined };
    const queue = openQueue(config);
    // No worker of this version knows it, so it fails whenever it is run.
    await queue.add("fold-laundry", {});
    page = await scene.signedIn();
    await page.goto("/admin/storage");
    const retry = page.getByRole("button", { name: "Retry “fold-laundry”" });
    await retry.click();
    await page.getByText("“fold-laundry” runs again in a moment.").waitFor();
    await expect
      .poll(() => scene.product.db.auditEvent.count({ where: { action: "job.retry" } }))
      .toBe(1);
    await queue.close();
  });

  it("a server that cannot be reached is said, and what was known stays", async () => {
    page = await scene.signedIn();
    await page.goto("/admin/storage");
    await page.getByRole("heading", { name: "Used space" }).waitFor();
    await page.route("**/api/admin/storage", (route) => route.abort());
    await page.getByText(/The server cannot be reached/).waitFor();
    expect(await page.getByRole("heading", { name: "Used space" }).isVisible()).toBe(true);
  });
});
