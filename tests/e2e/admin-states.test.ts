import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { recordAuditEvent } from "@/lib/audit/record-audit-event";
import { openQueue } from "@/lib/queue/connection";
import { deferred } from "../support/deferred";
import { insertRecordings } from "../support/listed-recordings";
import {
  expectFaultless,
  ON_A_DESK,
  ON_A_TELEPHONE,
  PageScene,
  settled,
} from "../support/page-checks";

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
  /** What each tab reads from, asks again and shows at last. */
  const TABS = [
    {
      path: "/admin/recordings",
      table: "recordings",
      asks: "**/api/admin/recordings?*",
      row: () => link("A finished one"),
    },
    {
      path: "/admin/sessions",
      table: "sessions",
      asks: "**/api/sessions?*",
      row: () => button("Actions for Desktop of admin"),
    },
    {
      path: "/admin/users",
      table: "legal_holds",
      asks: "**/api/admin/users?*",
      row: () => button("Actions for olga"),
    },
    {
      path: "/admin/holds",
      table: "legal_holds",
      asks: "**/api/admin/holds?*",
      row: () => button("Lift the hold on olga"),
    },
    {
      path: "/admin/audit",
      table: "audit_events",
      asks: "**/api/admin/audit?*",
      row: () => button("Disabled a user"),
    },
    {
      path: "/admin/storage",
      table: "job_runs",
      asks: "**/api/admin/storage",
      row: () => button("Retry “fold-laundry”"),
    },
    { path: "/admin/settings", table: "settings", asks: null, row: () => button("Run now") },
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
    for (const { path, table, row } of TABS) {
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
    for (const { path, asks, row } of TABS) {
      if (asks === null) continue;
      await page.goto(path);
      await row().waitFor();
      let isAway = true;
      await page.route(asks, (route) => (isAway ? route.abort() : route.continue()));
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
});
