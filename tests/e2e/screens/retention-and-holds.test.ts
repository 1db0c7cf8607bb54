import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { keepRecordings } from "../../support/expired-recordings";
import { DEVICES, expectFaultless, ON_A_DESK, PageScene, settled } from "../../support/page-checks";

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

const holdsInForce = () => scene.product.db.legalHold.count({ where: { liftedAt: null } });
const wholeOrganisation = () => page.getByLabel("Keep every recording for");

describe.each(DEVICES)("retention and holds, $name", (device) => {
  it("look right and have no fault that axe finds", async () => {
    page = await scene.signedIn(device.options);
    await page.goto("/admin/settings");
    await settled(page);
    await page.getByRole("button", { name: "Run now" }).scrollIntoViewIfNeeded();
    await expectFaultless(page, "retention", device);
    await wholeOrganisation().fill("30");
    await wholeOrganisation().press("Enter");
    const dialog = page.getByRole("alertdialog", { name: "Delete 1 more recording?" });
    await dialog.waitFor();
    await expectFaultless(page, "retention-preview", device);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await wholeOrganisation().inputValue()).toBe("");
    await page.goto(`/recordings/${recordingId}`);
    await page.getByRole("button", { name: "Place hold…" }).click();
    await page.getByRole("dialog", { name: "Place a legal hold" }).waitFor();
    await expectFaultless(page, "place-hold", device);
    const { db } = scene.product;
    const reason = "Dispute about the delivery of March, reference 2026/114";
    const { id } = await db.legalHold.create({ data: { recordingId, reason, placedBy: "admin" } });
    await page.goto("/admin/holds");
    await settled(page);
    await page.getByText("1 recording").filter({ visible: true }).waitFor();
    await expectFaultless(page, "holds", device);
    await page.getByRole("button", { name: /^Lift the hold on/ }).click();
    await page.getByLabel("Reason").fill("settled");
    await expectFaultless(page, "lift-hold", device);
    await page.getByRole("button", { name: "Lift hold" }).click();
    await page.getByText("Nothing is on legal hold").waitFor();
    await page.getByRole("button", { name: "Also lifted" }).click();
    await page.getByText("settled").filter({ visible: true }).waitFor();
    await expectFaultless(page, "holds-lifted", device);
    const { liftReason } = await db.legalHold.delete({ where: { id } });
    expect(liftReason).toBe("settled");
  });
});

describe("an administrator", () => {
  it("puts a session on hold in its list and a user in theirs, and lifts both under Holds", async () => {
    page = await scene.signedIn();
    const place = async (list: string, actions: string, reason: string) => {
      await page.goto(list);
      await page.getByRole("button", { name: actions }).click();
      await page.getByRole("menuitem", { name: "Legal hold…" }).click();
      await page.getByLabel("Reason").fill(reason);
      await page.getByRole("button", { name: "Place hold" }).click();
      await page.getByRole("row").getByText("On hold").waitFor();
    };
    await place("/admin/sessions", "Actions for Desktop of admin", "about the session");
    await place("/admin/users", "Actions for admin", "about the user");
    await page.goto("/admin/holds?on=user");
    await page.getByText("about the user").filter({ visible: true }).waitFor();
    expect(await page.getByText("about the session").count()).toBe(0);
    await page.getByRole("button", { name: "On users" }).click();
    for (const name of ["Lift the hold on admin", "Lift the hold on Desktop of admin"]) {
      await page.getByRole("button", { name, exact: true }).click();
      await page.getByLabel("Reason").fill("over");
      await page.getByRole("button", { name: "Lift hold" }).click();
      await page.getByRole("button", { name, exact: true }).waitFor({ state: "detached" });
    }
    await page.getByText("Nothing is on legal hold").waitFor();
    expect(await holdsInForce()).toBe(0);
  });

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

    await page.goto("/admin/settings");
    await wholeOrganisation().fill("30");
    await wholeOrganisation().press("Enter");
    const name = "Delete 1 more recording once nothing holds it?";
    const question = page.getByRole("alertdialog", { name });
    await question.getByText("Nothing more is deleted now").waitFor();
    await expectFaultless(page, "retention-preview-held", ON_A_DESK);
    await question.getByRole("button", { name: "Cancel" }).click();
    await question.waitFor({ state: "detached" });
    expect(await wholeOrganisation().inputValue()).toBe("");

    await page.goto(`/recordings/${recordingId}`);
    await page.getByRole("button", { name: "Lift…" }).click();
    await page.getByRole("button", { name: "Lift hold" }).click();
    await page.getByText("Say why: whoever comes later has to know.").waitFor();
    await page.getByLabel("Reason").fill("case 12 is closed");
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
