import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { keepRecordings } from "../support/expired-recordings";
import { expectFaultless, PageScene, settled, VIEWS } from "../support/page-checks";

const scene = PageScene.install();
let recordingId: string;
let page: Page;

beforeAll(async () => {
  const { db } = scene.product;
  const { id: userId } = await db.user.findUniqueOrThrow({ where: { username: "admin" } });
  const data = { appId: "desktop", userId, provider: "local" } as const;
  const { id: sessionId } = await db.session.create({ data, select: { id: true } });
  const [first = ""] = await keepRecordings(db, { sessionId, userId, daysAgo: 40 });
  recordingId = first;
});

const wholeOrganisation = () => page.getByLabel("Keep every recording this many days");

describe.each(VIEWS)("retention and holds, $name", (view) => {
  it("look right and have no fault that axe finds", async () => {
    page = await scene.signedIn(view.options);
    await page.goto("/admin/settings");
    await settled(page);
    await page.getByRole("button", { name: "Run now" }).scrollIntoViewIfNeeded();
    await expectFaultless(page, "retention", view);
    await wholeOrganisation().fill("30");
    await wholeOrganisation().press("Enter");
    const dialog = page.getByRole("alertdialog", { name: "Delete 1 more recording?" });
    await dialog.waitFor();
    await expectFaultless(page, "retention-preview", view);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await wholeOrganisation().inputValue()).toBe("");
    await page.goto(`/recordings/${recordingId}`);
    await page.getByRole("button", { name: "Place hold…" }).click();
    await page.getByRole("dialog", { name: "Place a legal hold" }).waitFor();
    await expectFaultless(page, "place-hold", view);
  });
});

describe("an administrator", () => {
  it("holds a recording, is told that it stays, lifts the hold, and has the sweep delete it", async () => {
    page = await scene.signedIn();
    await page.goto(`/recordings/${recordingId}`);
    await page.getByRole("button", { name: "Place hold…" }).click();
    await page.getByLabel("Reason").fill("case 12");
    await page.getByRole("button", { name: "Place hold", exact: true }).click();
    await page.getByText("nobody can delete it").waitFor();
    await page.getByText("“case 12”, placed by admin").waitFor();
    expect(await page.getByRole("button", { name: "Delete", exact: true }).count()).toBe(0);
    await page.goto("/recordings");
    await page.getByText("On hold").waitFor();

    await page.goto(`/recordings/${recordingId}`);
    await page.getByRole("button", { name: "Lift…" }).click();
    await page.getByRole("button", { name: "Lift hold" }).click();
    await page.getByText("nobody can delete it").waitFor({ state: "detached" });

    await page.goto("/admin/settings");
    await wholeOrganisation().fill("30");
    await wholeOrganisation().press("Enter");
    await page.getByRole("button", { name: "Save and delete" }).click();
    await page.getByText("Kept for 30 days, as for everything").waitFor();
    await page.getByRole("button", { name: "Run now" }).click();
    const runs = page.getByRole("list", { name: "Last sweeps" });
    await runs.getByText("asked for by admin").waitFor();
    await runs.getByText("1 recording deleted").waitFor();
    await expect.poll(() => scene.product.db.recording.count()).toBe(0);
  });
});
