import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GET as exportAll } from "@/app/api/admin/recordings/export/route";
import { GET as listAll } from "@/app/api/admin/recordings/route";
import { provideServices } from "@/lib/composition/services";
import { RECORDING_SORTS, type RecordingJson } from "@/lib/recordings/recording-schema";
import { keepRecordings } from "../support/expired-recordings";
import { createRecordingScene, type RecordingScene } from "../support/recording-scene";
import { problem, type RouteClient, routeClient } from "../support/route-client";

const MADE = 12;
let scene: RecordingScene;
let ask: RouteClient;
beforeAll(async () => {
  scene = await createRecordingScene();
  provideServices(scene.services);
  ask = routeClient(scene.services, scene.admin);
  const sessionIds = {
    ana: await scene.newSession(scene.ana),
    bob: await scene.newSession(scene.bob),
  };
  const rows = Array.from({ length: MADE }, (_, n) => {
    const owner = n % 3 === 0 ? "bob" : "ana";
    return {
      id: randomUUID(),
      userId: scene[owner].userId,
      sessionId: sessionIds[owner],
      status: "ready" as const,
      filename: `desktop-${n}.webm`,
      description: n === 4 ? '=SUM(A1), "quoted"' : n === 5 ? "Überprüfung of go" : "",
      storageBackend: "local" as const,
      storageKey: randomUUID(),
      // Pairs are alike in everything but their id.
      sizeBytes: BigInt(1 + ((Math.floor(n / 2) * 7) % 5) * 1_000),
      durationMs: BigInt(((Math.floor(n / 2) * 3) % 4) * 1_000),
      interrupted: n % 4 === 0,
      truncated: n % 6 === 0,
      createdAt: new Date(Date.UTC(2026, 0, 1, 0, Math.floor(n / 2))),
      stoppedAt: new Date(),
      completedAt: new Date(),
    };
  });
  await scene.services.db.recording.createMany({ data: rows });
});
afterAll(() => scene.close());

async function pagesOf(query: string): Promise<RecordingJson[]> {
  const found: RecordingJson[] = [];
  let next: string | undefined = `?limit=5&${query}`;
  while (next !== undefined) {
    const response = await ask("GET", listAll, { query: next });
    expect(response.status).toBe(200);
    found.push(...((await response.json()) as RecordingJson[]));
    next = /\?[^>]*/.exec(response.headers.get("link") ?? "")?.[0];
  }
  return found;
}

const KEYS = {
  newest: (row: RecordingJson) => row.created_at,
  largest: (row: RecordingJson) => row.size_bytes,
  longest: (row: RecordingJson) => row.duration_seconds ?? 0,
  user_z_a: (row: RecordingJson) => `${row.username} ${row.created_at}`,
};
const OPPOSITES = {
  newest: "oldest",
  largest: "smallest",
  longest: "shortest",
  user_z_a: "user_a_z",
};

test.each(Object.keys(KEYS) as (keyof typeof KEYS)[])(
  "sorted by %s and its opposite, page after page shows every recording once and in order",
  async (sort) => {
    const rows = await pagesOf(`sort=${sort}`);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(MADE);
    const keyOf: (row: RecordingJson) => string | number = KEYS[sort];
    const keys = rows.map(keyOf);
    expect(keys).toEqual(keys.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0)));
    const opposite = await pagesOf(`sort=${OPPOSITES[sort]}`);
    expect(opposite.map(({ id }) => id)).toEqual(rows.map(({ id }) => id).toReversed());
  },
);

test.each([
  ["user=ana", 8],
  ["user=ANA&flags=interrupted", 2],
  ["flags=interrupted,truncated", 1],
  ["flags=recovered", 0],
  ["min_bytes=1001&max_bytes=2001", 4],
  ["from=2026-01-01T00:01:00Z&to=2026-01-01T00:03:00Z", 4],
  ["q=überprüfung", 1],
  ["q=ÜBERPRÜFUNG", 1],
  ["q=go", 1],
  ["q=kt", 0],
  ["q=bob%20desktop", 4],
  ["q=bob%20überprüfung", 0],
  ["q=desktop&user=bob&sort=largest", 4],
  ["user=nobody", 0],
])("%s leaves %i", async (query, count) => {
  expect(await pagesOf(query)).toHaveLength(count);
});

test("a whole id finds its recording, and that of a session all of the session", async () => {
  const [first] = await pagesOf("user=bob");
  expect(await pagesOf(`q=${first!.id}`)).toEqual([first]);
  expect(await pagesOf(`q=${first!.session_id}`)).toHaveLength(4);
});

test("a text that only old recordings have is found behind many that have it not", async () => {
  const { db } = scene.services;
  const [like] = await db.recording.findMany({ where: { username: "ana" }, take: 1 });
  const { sessionId, userId } = like!;
  await db.$executeRaw`
    INSERT INTO "recordings" ("session_id", "user_id", "status", "filename", "storage_backend", "storage_key",
        "size_bytes", "duration_ms", "created_at", "stopped_at", "completed_at")
    SELECT ${sessionId}::uuid, ${userId}::uuid, 'ready', CASE WHEN n <= 200 THEN 'ancient' ELSE 'plain' END || n,
           'local', 'n' || n, 1, 1, '2027-01-01'::timestamptz + n * interval '1 minute', now(), now()
      FROM generate_series(1, 3000) n`;
  await db.$executeRawUnsafe("ANALYZE recordings");
  expect(await pagesOf("q=ancient")).toHaveLength(200);
  expect(await pagesOf("q=ancient&from=2027-01-01T01:00:00Z")).toHaveLength(141);
  expect(await pagesOf("q=ancient&sort=largest")).toHaveLength(200);
  await db.$executeRaw`DELETE FROM "recordings" WHERE "created_at" >= '2027-01-01'`;
});

test("what is under legal hold is found, whatever the hold is on, until it is lifted", async () => {
  const { legalHold } = scene.services.db;
  const [one] = await pagesOf("user=ana");
  const hold = { reason: "A case", placedBy: "root" };
  await legalHold.create({ data: { ...hold, recordingId: one!.id } });
  expect(await pagesOf("flags=held")).toHaveLength(1);
  await legalHold.create({ data: { ...hold, userId: scene.bob.userId } });
  expect(await pagesOf("flags=held")).toHaveLength(5);
  expect(await pagesOf("flags=held,interrupted&user=bob")).toHaveLength(1);
  await legalHold.create({ data: { ...hold, sessionId: one!.session_id } });
  expect(await pagesOf("flags=held")).toHaveLength(MADE);
  await legalHold.updateMany({ data: { liftedAt: new Date(), liftedBy: "root" } });
  expect(await pagesOf("flags=held")).toEqual([]);
});

test.each(["sort=random", "min_bytes=-1", "flags=odd", "q=%00", "user=%00"])(
  "%s is refused with what is wrong",
  async (query) => {
    const refused = await ask("GET", listAll, { query: `?${query}` });
    expect(await problem(refused)).toBe("400 bad_request");
  },
);

test("a user who is renamed is found under the new name", async () => {
  const { db } = scene.services;
  await db.user.update({ where: { username: "bob" }, data: { username: "robert" } });
  expect(await pagesOf("user=robert&sort=user_a_z")).toHaveLength(4);
  expect(await pagesOf("user=bob")).toEqual([]);
  await db.user.update({ where: { username: "robert" }, data: { username: "bob" } });
});

test("the export has every row of the filter, is safe for spreadsheets, and is audited", async () => {
  const response = await ask("GET", exportAll, { query: "?user=ana&sort=oldest" });
  expect(response.headers.get("content-type")).toContain("text/csv");
  const lines = (await response.text()).trimEnd().split("\r\n");
  expect(lines).toHaveLength(1 + 8);
  expect(lines[0]).toMatch(/^id,session_id,user_id,username,/);
  expect(lines.filter((line) => line.includes(`"'=SUM(A1), ""quoted"""`))).toHaveLength(1);
  const events = await scene.services.db.auditEvent.findMany({
    where: { action: "recording.export" },
  });
  expect(events.map(({ actorName, detail }) => [actorName, detail])).toEqual([
    ["root", { filters: "user=ana&sort=oldest" }],
  ]);
  expect(await problem(await ask("GET", exportAll, { as: scene.bob }))).toBe("403 forbidden");
});

test("every order the API offers is answered", async () => {
  for (const sort of RECORDING_SORTS) expect(await pagesOf(`sort=${sort}`)).toHaveLength(MADE);
});

test("the export has every row once, however many there are", async () => {
  const { db } = scene.services;
  const of = { sessionId: await scene.newSession(scene.bob), userId: scene.bob.userId };
  const many = await keepRecordings(db, { ...of, daysAgo: 400, count: 2_500 });
  const lines = (await (await ask("GET", exportAll)).text()).trimEnd().split("\r\n").slice(1);
  expect(lines).toHaveLength(MADE + many.length);
  const ids = new Set(lines.map((line) => line.split(",")[0]));
  expect(ids.size).toBe(lines.length);
  expect(many.filter((id) => !ids.has(id))).toEqual([]);
});
