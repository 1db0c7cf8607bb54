import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { recordAuditEvent } from "@/lib/audit/record-audit-event";
import { insertRecordings } from "../../support/listed-recordings";
import {
  DEVICES,
  expectFaultless,
  PageScene,
  pressUntil,
  settled,
} from "../../support/page-checks";

const scene = PageScene.install();
let page: Page;
let recordingId: string;

const admin = { userId: null, username: "admin" };
const client = { ip: "203.0.113.7", userAgent: "Mozilla/5.0 (X11; Linux x86_64)" };
const row = (name: string) => page.getByRole("button", { name, exact: true });

beforeAll(async () => {
  const { db } = scene.product;
  const states = [{ description: "A finished one", status: "ready", minutesAgo: 30 }] as const;
  [recordingId = ""] = await insertRecordings(db, "admin", states);
  const target = { type: "recording", id: recordingId } as const;
  const event = { actor: admin, client, target };
  await recordAuditEvent(db, { ...event, action: "recording.view" });
  await recordAuditEvent(db, {
    ...event,
    action: "recording.edit",
    detail: { to: "A finished one" },
  });
  const gone = { type: "recording", id: "7e57ab1e-0000-4000-8000-000000000000" } as const;
  await recordAuditEvent(db, { ...event, action: "recording.delete", target: gone });
  const stranger = { userId: null, username: "eve" };
  await recordAuditEvent(db, { actor: stranger, client, action: "user.sign_in_failed" });
});

describe.each(DEVICES)("the audit trail, $name", (device) => {
  it("has no fault with rows, without, with its filters and its details open", async () => {
    page = await scene.signedIn(device.options);
    await page.goto("/admin/audit");
    await settled(page);
    await row("Watched a recording").waitFor();
    await expectFaultless(page, "audit", device);
    // By keyboard: then an action has the focus, without which axe takes the menu for one that does not scroll.
    await page.getByRole("button", { name: /^Actions: / }).press("ArrowDown");
    await page.getByRole("menuitemcheckbox", { name: "Signed in", exact: true }).waitFor();
    await expectFaultless(page, "audit-actions", device);
    await page.keyboard.press("Escape");
    await row("Described a recording").click();
    await page.getByRole("dialog").getByText("203.0.113.7").waitFor();
    await expectFaultless(page, "audit-detail", device);
    await page.goto("/admin/audit?q=nothing-like-this&actor=eve");
    await page.getByText("Nothing matches").waitFor();
    await expectFaultless(page, "audit-empty", device);
  });
});

describe.each(DEVICES)("a page that cannot be shown, $name", (device) => {
  it("has no fault when it is refused, gone or broken, and is there at the next try", async () => {
    const stranger = await scene.product.addUser(`stranger-${randomUUID()}`);
    const refused = await scene.signedIn(device.options, stranger, "/admin/audit");
    await refused.getByRole("heading", { name: "You are not allowed to see this" }).waitFor();
    await expectFaultless(refused, "refused", device);

    page = await scene.signedIn(device.options, undefined, `/recordings/${randomUUID()}`);
    await page.getByRole("heading", { name: "There is nothing at this address" }).waitFor();
    await expectFaultless(page, "recording that is gone", device);

    const { db } = scene.product;
    await db.$executeRaw`ALTER TABLE audit_events RENAME TO audit_events_away`;
    try {
      await page.goto("/admin/audit");
      await page.getByRole("heading", { name: "This page could not be shown" }).waitFor();
      await expectFaultless(page, "broken", device);
    } finally {
      await db.$executeRaw`ALTER TABLE audit_events_away RENAME TO audit_events`;
    }
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { level: 1, name: "Audit" }).waitFor();
  });
});

describe("an administrator at the audit trail", () => {
  it("narrows it down by action, person and target, and shares the address", async () => {
    page = await scene.signedIn();
    await page.goto("/admin/audit");
    await row("Watched a recording").waitFor();
    await page.getByRole("button", { name: /^Actions: / }).click();
    await page.getByRole("menuitemcheckbox", { name: "Failed to sign in" }).click();
    await page.keyboard.press("Escape");
    await page.waitForURL("**/admin/audit?action=user.sign_in_failed");
    await row("Watched a recording").waitFor({ state: "detached" });
    await page.getByRole("link", { name: "eve" }).click();
    await page.getByRole("button", { name: "By eve" }).waitFor();
    await page.goto(`/admin/audit?target_type=recording&target_id=${recordingId}`);
    await page.getByRole("button", { name: /About recording/ }).waitFor();
    expect(await page.locator("tbody [data-row-id]").count()).toBe(2);
  });

  it("opens an event with the keyboard and goes from there to what it was about", async () => {
    page = await scene.signedIn();
    await page.goto("/admin/audit?action=recording.view");
    await row("Watched a recording").waitFor();
    await pressUntil(page, "j", page.locator("tbody [data-row-link]:focus"));
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Watched a recording" });
    await dialog.getByRole("link", { name: "A finished one" }).click();
    await page.waitForURL(`**/recordings/${recordingId}`);
  });

  it("sees what happens while looking", async () => {
    page = await scene.signedIn();
    await page.goto("/admin/audit?action=user.disable");
    await page.getByText("Nothing matches").waitFor();
    const target = { type: "user", id: "nobody" } as const;
    await recordAuditEvent(scene.product.db, {
      actor: admin,
      client,
      action: "user.disable",
      target,
    });
    await row("Disabled a user").waitFor();
  });

  it("takes out what the filters show, and finds that in the trail", async () => {
    page = await scene.signedIn();
    await page.goto("/admin/audit?action=user.sign_in_failed");
    await row("Failed to sign in").waitFor();
    await page.getByRole("button", { name: "Export" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: /CSV/ }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^audit-.*\.csv$/);
    const lines = (await readFile(await download.path(), "utf8")).trimEnd().split("\r\n");
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain(",eve,,user.sign_in_failed,");
    await page.goto("/admin/audit?action=audit.export");
    await row("Exported the audit trail").waitFor();
  });
});
