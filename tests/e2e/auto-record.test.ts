import type { Page } from "playwright-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { canRunDesktops } from "../support/desktop-requirements";
import { DesktopTab } from "../support/desktop-tab";
import { expectFaultless, keepPicture, ON_A_DESK, PageScene, SOON } from "../support/page-checks";

const scene = PageScene.install();
let admin: Page;
let page: Page;
let tab: DesktopTab;

describe.skipIf(!canRunDesktops)("an administrator who has every session recorded", () => {
  beforeEach(async () => {
    admin = await scene.signedIn();
    const ana = `ana${Date.now()}`;
    page = await scene.signedIn({}, await scene.product.addUser(ana));
    await admin.goto("/admin/settings");
  });
  afterEach(async () => {
    await turn("off");
    await tab.endElsewhere();
  });

  const control = () => admin.getByRole("switch", { name: "Record every session automatically" });
  const turn = async (to: "on" | "off") => {
    if ((await control().isChecked()) === (to === "on")) return;
    await control().click();
    await expect.poll(() => control().isChecked(), SOON).toBe(to === "on");
  };
  const recordingsOf = (sessionId: string) =>
    scene.product.db.recording.findMany({ where: { sessionId }, orderBy: { createdAt: "asc" } });

  it("is obeyed by a tab that is open already, which says whose wish it is, and again when it is withdrawn", async () => {
    tab = await DesktopTab.launch(page);
    await tab.awaitPicture();
    await turn("on");
    await tab.bar.getByText("Recording was turned on by your administrator.").waitFor();
    await tab.stopButton.waitFor();
    await tab.bar.getByText("Recorded by policy").waitFor();
    await keepPicture(page, "auto-record turned on");
    await turn("off");
    await tab.watchLink.waitFor();
    const made = await recordingsOf(tab.sessionId);
    expect(made).toMatchObject([{ status: "ready", origin: "policy" }]);
  });

  it("has a new session recorded from its first picture, in one of its tabs; another takes over", async () => {
    await turn("on");
    tab = await DesktopTab.launch(page);
    await tab.stopButton.waitFor({ timeout: 60_000 });
    const second = await page.context().newPage();
    await second.goto(page.url());
    const secondTab = DesktopTab.of(second);
    await secondTab.awaitPicture();
    await secondTab.showBar();
    await secondTab.bar.getByText("Recorded in another tab").waitFor();
    expect(await recordingsOf(tab.sessionId)).toHaveLength(1);
    await page.goto("/recordings");
    await secondTab.stopButton.waitFor({ timeout: 30_000 });
    expect(await recordingsOf(tab.sessionId)).toHaveLength(2);
    tab = secondTab;
  });

  it("does not keep a person from stopping, which is asked once, noted and remembered", async () => {
    await turn("on");
    tab = await DesktopTab.launch(page);
    await tab.awaitPicture();
    await tab.stopButton.click();
    const question = page.getByRole("alertdialog", { name: "Stop this recording?" });
    await question.getByText("that is noted").waitFor();
    await expectFaultless(page, "stop what policy records", ON_A_DESK);
    await question.getByRole("button", { name: "Stop recording" }).click();
    await tab.watchLink.waitFor();
    await page.reload();
    await tab.awaitPicture();
    await tab.showBar();
    await tab.bar.getByRole("button", { name: "Record" }).waitFor();
    const { auditEvent } = scene.product.db;
    const where = { action: "recording.decline", targetId: tab.sessionId };
    expect(await auditEvent.count({ where })).toBe(1);
    expect(await recordingsOf(tab.sessionId)).toHaveLength(1);
  });
});
