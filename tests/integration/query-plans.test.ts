import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor, Reach } from "@/lib/auth/permissions";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import type { RecordingFilters } from "@/lib/recordings/recording-conditions";
import { findListed } from "@/lib/recordings/recording-list-repository";
import type { ListPosition } from "@/lib/recordings/recording-order";
import { RECORDING_SORTS, type RecordingSort } from "@/lib/recordings/recording-schema";
import { beginBatch, type Position, takeOverBatch } from "@/lib/retention/retention-batch";
import type { RetentionLimit } from "@/lib/retention/retention-policy";
import { listClusters } from "@/lib/sessions/list-clusters";
import { findSessions, type SessionQuery } from "@/lib/sessions/session-repository";
import { insertManyRecordings } from "../support/many-recordings";
import { createTestDatabase, type TestDatabase } from "../support/postgres";
import { explaining, faultsOf, type Plan, statementsOf } from "../support/query-plans";

const RECORDINGS = 50_000;
/** Five recordings each. */
const SESSIONS = RECORDINGS / 5;

/** More than a tenth is more than a page should ever read to sort it. */
const OF_RECORDINGS = { relation: "recordings", mostSorted: RECORDINGS / 10 };
const OF_SESSIONS = { relation: "sessions", mostSorted: SESSIONS / 10 };

let database: TestDatabase;
let middle: ListPosition;
beforeAll(async () => {
  database = await createTestDatabase();
  await insertManyRecordings(database.url, { recordings: RECORDINGS, users: 1_000 });
  const { db } = database;
  const { id: userId } = await db.user.findFirstOrThrow({ where: { username: "person0300" } });
  await db.legalHold.create({ data: { userId, reason: "A case", placedBy: "root" } });
  await db.$executeRaw`
    UPDATE "sessions" SET "status" = 'running', "close_reason" = NULL, "ended_at" = NULL
     WHERE "created_at" > now() - interval '1 hour'`;
  await db.$executeRaw`
    UPDATE "sessions" SET "status" = 'failed'
     WHERE "status" = 'ended' AND hashtext("id"::text) % 100 = 0`;
  await db.$executeRaw`ANALYZE "sessions"`;
  const row = await db.recording.findFirstOrThrow({ skip: RECORDINGS / 2 });
  const { id, createdAt, username } = row;
  middle = { id, createdAt, username, sizeBytes: 2 ** 28, durationMs: 3_600_000 };
}, 60_000);
afterAll(() => database.close());

const FILTERS: readonly RecordingFilters[] = [
  {},
  { username: "person0001" },
  { username: "person0900" },
  { appId: "desktop" },
  { appId: "retired" },
  { cluster: "east" },
  { cluster: "former" },
  { status: ["ready"] },
  { status: ["failed"] },
  { status: ["recording", "uploading"] },
  { from: new Date(Date.now() - 7 * 86_400_000) },
  { to: new Date(Date.now() - 16 * 86_400_000) },
  { minBytes: 2 ** 28 },
  { minBytes: 520 * 10 ** 6 },
  { maxBytes: 10 ** 6 },
  { flags: ["interrupted"] },
  { flags: ["truncated"] },
  { flags: ["recovered"] },
  { flags: ["held"] },
  { text: "desktop" },
  { text: "percent" },
  { text: "retired" },
  { text: "needle" },
  { text: "person0500" },
  { text: "de" },
  { text: "desktop report" },
];

async function plansOf(
  filters: RecordingFilters,
  sort: RecordingSort,
  { within = {}, after }: { within?: Reach; after?: ListPosition } = {},
): Promise<Plan[]> {
  const plans: Plan[] = [];
  await findListed(explaining(database.db, plans), { within, filters, sort, after, limit: 50 });
  expect(plans.length).toBeGreaterThan(0);
  return plans;
}

async function expectSound(...asked: Parameters<typeof plansOf>): Promise<void> {
  const faults = (await plansOf(...asked)).flatMap((plan) => faultsOf(plan, OF_RECORDINGS));
  expect(faults, JSON.stringify(asked.slice(0, 2))).toEqual([]);
}

test.each(RECORDING_SORTS)("by %s, no page reads or sorts the whole table", async (sort) => {
  for (const filters of FILTERS) {
    await expectSound(filters, sort);
    await expectSound(filters, sort, { after: middle });
    await expectSound(filters, sort, { within: { cluster: { in: ["default", "other"] } } });
  }
});

// The other four walk the same indexes backwards.
test.each(["newest", "largest", "longest", "user_a_z"] as const)(
  "by %s, no page of two filters does",
  async (sort) => {
    for (const [index, one] of FILTERS.entries()) {
      for (const other of FILTERS.slice(index + 1)) await expectSound({ ...one, ...other }, sort);
    }
  },
);

test("one's own list does not either", async () => {
  const { id: userId } = await database.db.user.findFirstOrThrow({
    where: { username: "person0001" },
  });
  for (const filters of FILTERS) await expectSound(filters, "newest", { within: { userId } });
});

const NO_SESSION_FILTER = {
  ...{ within: {}, statuses: undefined, appId: undefined, cluster: undefined, userIds: undefined },
  ...{ after: undefined, limit: 51 },
};
type SessionFilters = Partial<Pick<SessionQuery, "statuses" | "appId" | "cluster" | "userIds">>;

test("no page of sessions reads or sorts them all, whatever it is filtered by and whoever asks", async () => {
  const { db } = database;
  const people = await db.user.findMany({ orderBy: { username: "asc" } });
  const ids = people.map(({ id }) => id);
  const some = [undefined, ids.slice(0, 1), ids.slice(-10), ids.slice(0, 100)];
  const filters: SessionFilters[] = some.flatMap((userIds) =>
    [undefined, "desktop", "retired"].flatMap((appId) =>
      [undefined, ["ended"], ["failed"], ["creating", "running"]].map((statuses) => ({
        ...{ userIds, appId, statuses: statuses as SessionQuery["statuses"] },
      })),
    ),
  );
  for (const cluster of ["default", "east", "former"]) {
    filters.push({ cluster }, { cluster, appId: "desktop" }, { cluster, statuses: ["failed"] });
    filters.push({ cluster, userIds: ids.slice(0, 1) });
  }
  const reaches: Reach[] = [
    ...[{}, { userId: ids[0]! }, { cluster: { in: ["default", "east"] } }],
    { cluster: { in: ["east"] } },
  ];
  const queries = filters.flatMap((filter) =>
    reaches.flatMap((within) =>
      [undefined, middle].map((after) => ({ ...NO_SESSION_FILTER, ...filter, within, after })),
    ),
  );
  const statements = await statementsOf(database.url, async (client) => {
    for (const query of queries) await findSessions(client, query);
  });
  const pages = statements.filter(({ isOf }) => isOf("sessions"));
  expect(pages).toHaveLength(queries.length);
  for (const page of pages) {
    expect(faultsOf(await page.plan(db), OF_SESSIONS), page.text).toEqual([]);
  }
});

const ADMIN: Actor = {
  ...{ userId: "an-administrator", username: "root", displayName: "Root", role: "admin" },
  ...{ clusters: [], token: null },
};

test("the clusters to filter by are found by one session of each", async () => {
  const statements = await statementsOf(database.url, async (db) => {
    const clusters = await listClusters({ db }, ADMIN, "session.view");
    expect(clusters).toEqual(["default", "east", "former"]);
  });
  const plans = await Promise.all(statements.map(({ plan }) => plan(database.db)));
  expect(plans).toHaveLength(1);
  expect(plans.flatMap((plan) => whatScans("sessions", plan))).toEqual(["Limit", "Limit"]);
});

/** The kinds of node that take rows out of a scan of the table. */
function whatScans(relation: string, plan: Plan): string[] {
  const inputs = plan.Plans ?? [];
  const scans = inputs.filter((input) => input["Relation Name"] === relation);
  return [
    ...scans.map(() => plan["Node Type"]),
    ...inputs.flatMap((input) => whatScans(relation, input)),
  ];
}

/** As large a part of the table as 500 are of a million: where the table is small, reading it all costs little. */
const BATCH = (500 * RECORDINGS) / 1_000_000;
const ALL_APPS = ["desktop", "browser", "editor", "retired"];
const LIMITS: readonly (readonly RetentionLimit[])[] = [
  ...[1, 8, 16, 40].map((days) => ALL_APPS.map((appId) => ({ appId, days }))),
  ...ALL_APPS.map((appId) => [{ appId, days: 3 }]),
  [
    { appId: "desktop", days: 2 },
    { appId: "browser", days: 16 },
  ],
];

test("a sweep reads from the oldest on no further than its batch, also where nearly all are past their limit", async () => {
  const limits = ALL_APPS.map((appId) => ({ appId, days: 1 }));
  const plans: Plan[] = [];
  await rolledBack(async (transaction) => {
    const claiming = explaining(transaction, plans);
    const batch = { after: FROM_THE_FIRST, limit: 5_000, backend: "local" } as const;
    expect((await beginBatch(claiming, limits, batch))?.recordings).toHaveLength(5_000);
  });
  expect(plans).toHaveLength(1);
  expect(JSON.stringify(plans)).toContain("Index Scan");
  expect(JSON.stringify(plans)).not.toMatch(
    /"(Sort|Bitmap Heap Scan|Seq Scan","Relation Name":"recordings)"/,
  );
});

test("a sweep begins on the next and takes over what is left without reading or sorting all recordings", async () => {
  const after = FROM_THE_FIRST;
  const query = { limit: BATCH, backend: "local" } as const;
  for (const limits of LIMITS) {
    const plans: Plan[] = [];
    await rolledBack(async (transaction) => {
      const claiming = explaining(transaction, plans);
      const first = await beginBatch(claiming, limits, { ...query, after });
      await beginBatch(claiming, limits, { ...query, after: first?.recordings.at(-1) ?? after });
      await transaction.retentionBatch.updateMany({ data: { expiresAt: null, token: null } });
      await takeOverBatch(claiming, { afterId: NO_ID, backend: "local" });
    });
    expect(plans.length).toBeGreaterThan(1);
    const faults = plans.flatMap((plan) => faultsOf(plan, OF_RECORDINGS));
    expect(faults, JSON.stringify(limits)).toEqual([]);
  }
});

const NO_ID = "00000000-0000-0000-0000-000000000000";
const FROM_THE_FIRST: Position = { completedAt: new Date(0), id: NO_ID };

/** Does it in a transaction that leaves nothing. */
async function rolledBack(work: (transaction: DatabaseOrTransaction) => Promise<void>) {
  const over = new Error("Nothing of it is to stay.");
  const done = database.db.$transaction(async (transaction) => {
    await work(transaction);
    throw over;
  });
  await expect(done).rejects.toBe(over);
}

test("bytes that arrive change no index", async () => {
  const { db } = database;
  const hot = await db.$transaction(async (transaction) => {
    await transaction.$executeRaw`
      UPDATE "recordings" SET "status" = 'recording', "stopped_at" = NULL, "completed_at" = NULL
       WHERE "storage_key" = 'many/49999'`;
    await transaction.$executeRaw`
      UPDATE "recordings" SET "size_bytes" = "size_bytes" + 1, "upload_offset" = 1, "last_append_at" = now()
       WHERE "storage_key" = 'many/49999'`;
    const [row] = await transaction.$queryRaw<{ hot: number }[]>`
      SELECT n_tup_hot_upd::int AS "hot" FROM pg_stat_xact_user_tables WHERE relname = 'recordings'`;
    return row?.hot;
  });
  expect(hot).toBe(1);
});
