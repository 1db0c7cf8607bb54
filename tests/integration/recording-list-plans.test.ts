import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { Reach } from "@/lib/auth/permissions";
import { Prisma } from "@/lib/db/database";
import type { RecordingFilters } from "@/lib/recordings/recording-conditions";
import { findListed } from "@/lib/recordings/recording-list-repository";
import type { ListPosition } from "@/lib/recordings/recording-order";
import { RECORDING_SORTS, type RecordingSort } from "@/lib/recordings/recording-schema";
import { insertManyRecordings } from "../support/many-recordings";
import { createTestDatabase, type TestDatabase } from "../support/postgres";

const RECORDINGS = 50_000;
/** More than this is more than a page should ever read to sort it. */
const MOST_SORTED = RECORDINGS / 10;

interface Plan {
  readonly "Node Type": string;
  readonly "Relation Name"?: string | undefined;
  readonly "Plan Rows": number;
  readonly Plans?: readonly Plan[] | undefined;
}
const planSchema: z.ZodType<Plan> = z.lazy(() =>
  z.object({
    "Node Type": z.string(),
    "Relation Name": z.string().optional(),
    "Plan Rows": z.number(),
    Plans: z.array(planSchema).optional(),
  }),
);
const explainedSchema = z.tuple([
  z.object({ "QUERY PLAN": z.tuple([z.object({ Plan: planSchema })]) }),
]);

let database: TestDatabase;
let middle: ListPosition;
beforeAll(async () => {
  database = await createTestDatabase();
  await insertManyRecordings(database.url, { recordings: RECORDINGS, users: 1_000 });
  const { db } = database;
  const { id: userId } = await db.user.findFirstOrThrow({ where: { username: "person0300" } });
  await db.legalHold.create({ data: { userId, reason: "A case", placedBy: "root" } });
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
  const { db } = database;
  const plans: Plan[] = [];
  const explaining = new Proxy(db, {
    get: (target, name) => (name === "$queryRaw" ? query : (Reflect.get(target, name) as unknown)),
  });
  const query = async (parts: TemplateStringsArray, ...values: unknown[]) => {
    const sql = Prisma.sql(parts, ...values);
    if (sql.sql.trim().startsWith("SELECT") && sql.sql.includes('"recordings"')) {
      const rows = await db.$queryRaw`EXPLAIN (FORMAT JSON) ${sql}`;
      plans.push(explainedSchema.parse(rows)[0]["QUERY PLAN"][0].Plan);
    }
    return db.$queryRaw(sql);
  };
  const input = { within, filters, sort, after, limit: 50 };
  await findListed(explaining, input);
  expect(plans.length).toBeGreaterThan(0);
  return plans;
}

function nodesOf(plan: Plan): readonly Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/** What is wrong with a plan, in words. */
function faultsOf(plan: Plan): string[] {
  return nodesOf(plan).flatMap((node) => {
    const kind = node["Node Type"];
    if (kind === "Seq Scan" && node["Relation Name"] === "recordings") return ["reads every row"];
    const input = node.Plans?.[0]?.["Plan Rows"] ?? 0;
    return kind === "Sort" && input > MOST_SORTED ? [`sorts ${input} rows`] : [];
  });
}

async function expectSound(...asked: Parameters<typeof plansOf>): Promise<void> {
  const faults = (await plansOf(...asked)).flatMap(faultsOf);
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
