import { afterAll, beforeAll, expect, test } from "vitest";
import { type AuditFilters, auditPageSql, findAuditEvents } from "@/lib/audit/audit-repository";
import { insertAuditEvents } from "../support/audit-rows";
import { createTestDatabase, type TestDatabase } from "../support/postgres";

const EVENTS = 60_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await insertAuditEvents(database.db, EVENTS);
}, 60_000);
afterAll(() => database.close());

const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);
const FILTERS: readonly (readonly [string, AuditFilters])[] = [
  ["the newest", {}],
  ["one person's", { actor: "person17" }],
  ["a person's who did nothing", { actor: "nobody" }],
  ["frequent actions", { actions: ["recording.view", "recording.start"] }],
  ["an action nobody took for long", { actions: ["user.create"] }],
  ["an action nobody ever took", { actions: ["user.disable", "audit.export"] }],
  ["what happened to one recording", { targetType: "recording", targetId: "7" }],
  ["a day of long ago", { from: daysAgo(15), to: daysAgo(14) }],
  ["a word that hardly any event has", { text: "59999" }],
  ["a word that every event has", { text: "person" }],
  ["a word that no event has", { text: "unheard-of" }],
  ["the beginning of a target's id", { text: "8f14e45f-ceea" }],
  ["a word and the beginning of an id", { text: "person17 8f14e45f" }],
  [
    "a person's views of a day",
    { actor: "person17", actions: ["recording.view"], from: daysAgo(1) },
  ],
];

interface Plan {
  readonly "Node Type": string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Plan[];
}

/** Every step of a plan, the outermost first. */
function steps(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(steps)];
}

/** How many rows a statement looked at, and by which kinds of scan. */
async function cost(filters: AuditFilters, after?: { createdAt: Date; id: string }) {
  const { text, values } = auditPageSql({ filters, limit: 51, after });
  const [explained] = await database.db.$queryRawUnsafe<{ "QUERY PLAN": [{ Plan: Plan }] }[]>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
    ...values,
  );
  const all = steps(explained!["QUERY PLAN"][0].Plan);
  const scans = all.filter((step) => step["Node Type"].includes("Scan"));
  return {
    sequential: scans.filter((step) => step["Node Type"] === "Seq Scan"),
    looked: scans.reduce(
      (sum, scan) =>
        sum + scan["Actual Loops"] * (scan["Actual Rows"] + (scan["Rows Removed by Filter"] ?? 0)),
      0,
    ),
  };
}

test.each(FILTERS)(
  "a page of %s looks at few events and never at all of them",
  async (_, filters) => {
    const { sequential, looked } = await cost(filters);
    expect(sequential).toEqual([]);
    expect(looked).toBeLessThan(EVENTS / 20);
  },
);

test.each(FILTERS)("a page far down of %s costs no more", async (_, filters) => {
  const { sequential, looked } = await cost(filters, { createdAt: daysAgo(10), id: "30000" });
  expect(sequential).toEqual([]);
  expect(looked).toBeLessThan(EVENTS / 20);
});

test("pages follow each other without a gap or a repetition", async () => {
  const filters: AuditFilters = { actions: ["recording.view", "user.create"], actor: "person17" };
  const all = await findAuditEvents(database.db, { filters, limit: EVENTS });
  const walked: string[] = [];
  for (let after: (typeof all)[number] | undefined; ;) {
    const page = await findAuditEvents(database.db, { filters, limit: 7, after });
    walked.push(...page.map(({ id }) => id));
    after = page.at(-1);
    if (after === undefined) break;
  }
  expect(all.length).toBeGreaterThan(7);
  expect(walked).toEqual(all.map(({ id }) => id));
});
