import type { Locator, Page } from "playwright-core";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { recordAuditEvent } from "@/lib/audit/record-audit-event";
import { openQueue } from "@/lib/queue/connection";
import { deferred } from "../../support/deferred";
import { insertRecordings } from "../../support/listed-recordings";
import {
  expectFaultless,
  ON_A_DESK,
  ON_A_TELEPHONE,
  PageScene,
  pressUntil,
  settled,
} from "../../support/page-checks";

const scene = PageScene.install();
let page: Page;

const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
const link = (name: string) => page.getByRole("link", { name, exact: true });

it("an empty tab says what will be here, and leads to what fills it", async () => {
  page = await scene.signedIn(ON_A_TELEPHONE.options);
  const states = [
    ["/admin/recordings", "Nobody has recorded anything yet", "Open an app"],
    ["/admin/sessions", "Nobody has opened a session yet", "Open an app"],
    ["/admin/sessions?status=failed", "No session matches", "Clear search and filters"],
    ["/admin/holds", "Nothing is on legal hold", "See all recordings"],
    ["/admin/storage", "Nothing is recorded yet.", "No failed job waits for anybody."],
  ] as const;
  for (const [path, sentence, next] of states) {
    await page.goto(path);
    await page.getByText(sentence).waitFor();
    await page.getByText(next, { exact: true }).waitFor();
    await expectFaultless(page, `${path} empty`, ON_A_TELEPHONE);
  }
});

describe("with something in every tab", () => {
  /** Each tab with the table it waits for, what it asks again and again, and what it shows at last. */
  const TABS = [
    ["/admin/recordings", "recordings", "/api/admin/recordings?*", () => link("A finished one")],
    [
      "/admin/sessions",
      "sessions",
      "/api/sessions?*",
      () => button("Actions for Desktop of admin"),
    ],
    ["/admin/users", "legal_holds", "/api/admin/users?*", () => button("Actions for olga")],
    ["/admin/holds", "legal_holds", "/api/admin/holds?*", () => button("Lift the hold on olga")],
    ["/admin/audit", "audit_events", "/api/admin/audit?*", () => button("Disabled a user")],
    ["/admin/storage", "job_runs", "/api/admin/storage", () => button("Retry “fold-laundry”")],
    ["/admin/settings", "settings", null, () => button("Run now")],
  ] as const;

  beforeAll(async () => {
    const { db, databaseUrl } = scene.product;
    const rows = [{ description: "A finished one", status: "ready", minutesAgo: 30 }] as const;
    await insertRecordings(db, "admin", rows);
    await scene.product.addUser("olga");
    const { id: userId } = await db.user.findUniqueOrThrow({ where: { username: "olga" } });
    await db.legalHold.create({ data: { userId, reason: "A case", placedBy: "admin" } });
    await recordAuditEvent(db, {
      actor: { userId: null, username: "admin" },
      client: { ip: "203.0.113.7", userAgent: "A browser" },
      action: "user.disable",
      target: { type: "user", id: "nobody" },
    });
    const queue = openQueue({ databaseUrl, redisUrl: undefined });
    // No worker of this version knows it, so it fails whenever it is run.
    await queue.add("fold-laundry", {});
    await queue.close();
  });

  it("a tab shows its shape while its rows are on their way, and nothing jumps when they come", async () => {
    page = await scene.signedIn(ON_A_TELEPHONE.options);
    for (const [path, table, , row] of TABS) {
      const release = await lock(table);
      await page.goto(path, { waitUntil: "commit" });
      await page.getByText("on their way.").waitFor({ state: "attached" });
      await expectFaultless(page, `${path} loading`, ON_A_TELEPHONE);
      const before = await places();
      await release();
      await settled(page);
      await row().waitFor();
      expect({ path, ...(await places()) }).toMatchObject({ path, ...before });
      await expectFaultless(page, `${path} loaded`, ON_A_TELEPHONE);
    }
  });

  /** How far from the top of the page that is which is there before its rows are. */
  async function places(): Promise<Readonly<Record<string, number>>> {
    return page.evaluate(() => {
      const found = ["h1", "thead", "main h2"].flatMap((name) => {
        const top = document.querySelector(name)?.getBoundingClientRect().top;
        return top === undefined ? [] : [[name, top + window.scrollY] as const];
      });
      return Object.fromEntries(found);
    });
  }

  /** Keeps everybody from a table until what it returns is called. */
  async function lock(table: string): Promise<() => Promise<void>> {
    const [locked, released] = [deferred<null>(), deferred<null>()];
    const whole = scene.product.db.$transaction(
      async (transaction) => {
        await transaction.$executeRawUnsafe(`LOCK TABLE "${table}" IN ACCESS EXCLUSIVE MODE`);
        locked.resolve(null);
        await released.promise;
      },
      { timeout: 60_000 },
    );
    await Promise.race([locked.promise, whole]);
    return async () => {
      released.resolve(null);
      await whole;
    };
  }

  it("a tab that cannot be read again says so, keeps what it shows, and goes on by itself", async () => {
    page = await scene.signedIn();
    const problem = page
      .getByRole("status")
      .filter({ hasText: "What is shown may be out of date" });
    for (const [path, , asks, row] of TABS) {
      if (asks === null) continue;
      await page.goto(path);
      await row().waitFor();
      let isAway = true;
      await page.route(`**${asks}`, (route) => (isAway ? route.abort() : route.continue()));
      await page.evaluate(() => window.dispatchEvent(new Event("online")));
      await problem.getByText("The server cannot be reached.").waitFor();
      expect(await row().isVisible()).toBe(true);
      await expectFaultless(page, `${path} away`, ON_A_DESK);
      isAway = false;
      await page.evaluate(() => window.dispatchEvent(new Event("online")));
      await problem.waitFor({ state: "detached" });
    }
  });

  it("a page of settings that cannot be shown is there at the next try", async () => {
    const { db } = scene.product;
    page = await scene.signedIn();
    await db.$executeRaw`ALTER TABLE settings RENAME TO settings_away`;
    try {
      await page.goto("/admin/settings");
      await page.getByRole("heading", { name: "This page could not be shown" }).waitFor();
    } finally {
      await db.$executeRaw`ALTER TABLE settings_away RENAME TO settings`;
    }
    await button("Try again").press("Enter");
    await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
  });

  it("a setting that could not be saved says so, stays what it was, and is saved at the next try", async () => {
    page = await scene.signedIn(ON_A_TELEPHONE.options);
    await page.goto("/admin/settings");
    await settled(page);
    let isAway = true;
    await page.route("**/api/admin/settings", (route) =>
      isAway ? route.abort() : route.continue(),
    );
    const always = page.getByRole("switch", { name: "Record every session automatically" });
    await always.press("Space");
    const unsaved = /Nothing was changed; try again/;
    const message = page.getByRole("region", { name: "Notifications" }).getByText(unsaved);
    await message.waitFor();
    expect(await always.getAttribute("aria-checked")).toBe("false");
    // Messages are reached by F6, as they say.
    await page.keyboard.press("F6");
    await button("Dismiss").press("Enter");
    await message.waitFor({ state: "detached" });
    const quota = page.getByLabel("Let one user’s recordings take up to");
    await quota.fill("4096");
    await quota.press("Enter");
    const besideIt = page.locator("form").getByText(unsaved);
    await besideIt.waitFor();
    await expectFaultless(page, "settings that could not be saved", ON_A_TELEPHONE);
    isAway = false;
    await quota.press("Enter");
    await page.getByText("Saved. It holds from now on.").first().waitFor();
    await besideIt.waitFor({ state: "detached" });
  });

  describe("by keyboard alone", () => {
    beforeEach(async () => {
      page = await scene.signedIn();
    });

    /** The keyboard is there, and it can be seen. */
    const focused = (locator: Locator) =>
      expect
        .poll(() => locator.evaluate(isSeenFocused).catch(() => false), { timeout: 15_000 })
        .toBe(true);
    const key = (name: string) => page.keyboard.press(name);
    const dialog = (name: string | RegExp) => page.getByRole("dialog", { name });
    const question = (name: string | RegExp) => page.getByRole("alertdialog", { name });
    const item = (name: string) => page.getByRole("menuitem", { name, exact: true });

    it("recordings are played, sorted and asked to be deleted, and the keyboard comes back each time", async () => {
      await page.goto("/admin/recordings");
      await pressUntil(page, "j", page.locator("tbody [data-row-link]:focus"));
      await focused(link("A finished one"));
      await key("Enter");
      await dialog("A finished one").locator("video").waitFor();
      await key("Escape");
      await focused(link("A finished one"));
      const actions = button("Actions for A finished one");
      await actions.press("ArrowDown");
      await focused(item("Download"));
      await key("End");
      await focused(item("Delete…"));
      await key("Enter");
      await focused(question(/^Delete/).getByRole("button", { name: "Cancel" }));
      await key("Escape");
      await focused(actions);
      const started = page.getByRole("columnheader", { name: "Started" }).getByRole("button");
      await started.press("Enter");
      await page.waitForURL("**/admin/recordings?sort=oldest");
      await focused(started);
    });

    it("sessions are narrowed down and asked to be ended and held", async () => {
      await insertRecordings(scene.product.db, "olga", []);
      await page.goto("/admin/sessions");
      const chip = button("Running");
      await chip.press("Space");
      await page.waitForURL("**/admin/sessions?status=running");
      await focused(chip);
      const end = button("End Desktop of olga");
      await end.press("Enter");
      await focused(question("End Desktop of olga?").getByRole("button", { name: "Cancel" }));
      await key("Enter");
      await focused(end);
      const actions = button("Actions for Desktop of olga");
      await actions.press("Enter");
      await focused(item("Legal hold…"));
      await key("Enter");
      await dialog(/Desktop of olga/).waitFor();
      await key("Escape");
      await focused(actions);
    });

    it("users are asked to be made and to be disabled", async () => {
      await page.goto("/admin/users");
      const make = button("New user");
      await make.press("Enter");
      await focused(page.getByLabel("User name"));
      await key("Escape");
      await focused(make);
      const actions = button("Actions for olga");
      await actions.press("ArrowUp");
      await focused(item("Disable…"));
      await key("Enter");
      await focused(question("Disable olga?").getByRole("button", { name: "Cancel" }));
      await key("Escape");
      await focused(actions);
    });

    it("holds are asked to be lifted, and the keyboard comes back", async () => {
      await page.goto("/admin/holds");
      const lift = button("Lift the hold on olga");
      await lift.press("Enter");
      await focused(page.getByLabel("Reason"));
      await key("Escape");
      await focused(lift);
    });

    it("settings are switched, given and chosen", async () => {
      await page.goto("/admin/settings");
      const always = page.getByRole("switch", { name: "Record every session automatically" });
      await always.press("Space");
      await page.getByText("Every session is recorded from now on.").first().waitFor();
      await focused(always);
      await always.press("Space");
      await page.getByText("Nothing is recorded by itself any more.").first().waitFor();
      const environment = page.getByRole("combobox", { name: "Environment of Desktop" });
      await environment.press("Enter");
      await focused(page.getByRole("option", { name: "production", exact: true }));
      await key("Escape");
      await focused(environment);
    });

    it("events are opened and exported", async () => {
      await page.goto("/admin/audit");
      const event = button("Disabled a user");
      await event.press("Enter");
      await dialog("Disabled a user").waitFor();
      await key("Escape");
      await focused(event);
      await button("Export").press("ArrowDown");
      await focused(page.getByRole("menuitem", { name: /^CSV/ }));
      await key("Escape");
      await focused(button("Export"));
    });

    it("a failed job is run again, and growth is read as a table", async () => {
      await page.goto("/admin/storage");
      const table = page.getByText("Show as a table");
      await table.press("Enter");
      await page.getByRole("table", { name: "Added per day" }).waitFor();
      await focused(table);
      const retry = button("Retry “fold-laundry”");
      await retry.press("Enter");
      await page.getByText("“fold-laundry” runs again in a moment.").first().waitFor();
    });
  });
});

/** Runs inside the page: whether an element has the focus, with something around it that says so. */
function isSeenFocused(element: Element): boolean {
  if (element !== document.activeElement || !element.matches(":focus-visible")) return false;
  const marks = [null, "::after"].map((part) => getComputedStyle(element, part).outlineStyle);
  const isMarked = element.matches("[data-highlighted]");
  return isMarked || marks.some((mark) => mark !== "none" && mark !== "");
}
