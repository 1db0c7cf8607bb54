import { readdir } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { liftHold, placeHold } from "@/lib/holds/place-hold";
import { limitsOf, type RetentionPolicy, retentionOf } from "@/lib/retention/retention-policy";
import { summariseExpired } from "@/lib/retention/expired-recordings";
import { insertRequestedRun, takeUpAnyRun, takeUpRun } from "@/lib/retention/retention-run";
import { sweepRetention } from "@/lib/retention/sweep-retention";
import { AppError } from "@/lib/errors/app-error";
import type { RecordingStore } from "@/lib/storage/recording-store";
import { DAY_MS, type Kept, keepRecordings } from "../support/expired-recordings";
import { CLIENT, createRecordingScene, type RecordingScene } from "../support/recording-scene";

let scene: RecordingScene;
let sessionId: string;
beforeAll(async () => {
  scene = await createRecordingScene();
  sessionId = await scene.newSession(scene.ana);
});
afterAll(() => scene.close());
afterEach(async () => {
  const { db } = scene.services;
  await db.legalHold.updateMany({
    where: { liftedAt: null },
    data: { liftedAt: new Date(), liftedBy: "x" },
  });
  await db.recording.deleteMany();
  await db.retentionRun.deleteMany();
  await db.app.updateMany({ data: { retentionDays: null } });
});

const root = () => join(scene.directory, "recordings");
const keep = (kept: Partial<Kept> & { readonly daysAgo: number }) =>
  keepRecordings(scene.services.db, { sessionId, userId: scene.ana.userId, root: root(), ...kept });
const sweep = (defaultDays = 30, changed: Partial<typeof scene.services> = {}, runId?: string) => {
  const { db, store, log } = { ...scene.services, ...changed };
  return sweepRetention({ db, store, log, defaultDays }, { runId });
};
const left = async () => {
  const rows = await scene.services.db.recording.findMany({ select: { id: true } });
  return rows.map(({ id }) => id).sort();
};
const files = async () => {
  const entries = await readdir(root(), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
};
/** The scene's store with something in the way of its deletions. */
const storeWith = (deleteMany: RecordingStore["deleteMany"]) =>
  Object.assign(Object.create(scene.services.store) as RecordingStore, { deleteMany });

test("what became ready longer ago than the policy keeps goes: files, posters and rows; nothing else does", async () => {
  await keep({ daysAgo: 31, count: 1_203 });
  const stay = [
    ...(await keep({ daysAgo: 29 })),
    ...(await keep({ daysAgo: 400, status: "failed" })),
    ...(await keep({ daysAgo: 400, status: "uploading" })),
    ...(await keep({
      daysAgo: 400,
      status: "recording",
      sessionId: await scene.newSession(scene.bob),
    })),
  ];
  const held = await keep({ daysAgo: 500 });
  await placeHold(
    scene.services,
    { actor: scene.admin, client: CLIENT },
    { target_type: "recording", target_id: held[0] ?? "", reason: "case 1" },
  );
  expect(await sweep()).toMatchObject({
    ...{ state: "done", trigger: "schedule", expectedCount: 1_203 },
    ...{ deletedCount: 1_203, deletedBytes: 4 * 1_203, failedCount: 0 },
  });
  expect(await left()).toEqual([...stay, ...held].sort());
  expect(await files()).toHaveLength(2 * (stay.length + held.length));
  expect(await sweep(0)).toMatchObject({ deletedCount: 0 });
});

test("age counts from the moment a recording became ready, not from its first second", async () => {
  const [late] = await keep({ daysAgo: 2 });
  const began = new Date(Date.now() - 90 * DAY_MS);
  await scene.services.db.recording.update({
    where: { id: late ?? "" },
    data: { createdAt: began },
  });
  expect(await sweep()).toMatchObject({ deletedCount: 0 });
});

test("each recording and each run is in the audit trail once", async () => {
  const { db } = scene.services;
  const [id] = await keep({ daysAgo: 31 });
  const last = await db.auditEvent.findFirst({ orderBy: { id: "desc" } });
  const run = await sweep();
  const events = await db.auditEvent.findMany({
    where: { id: { gt: last?.id ?? 0n } },
    orderBy: { id: "asc" },
  });
  expect(events).toMatchObject([
    {
      ...{ actorName: "system", action: "recording.delete", targetId: id },
      detail: {
        owner: "ana",
        cause: "retention",
        filename: expect.stringMatching(/^Desktop .*\.webm$/) as unknown,
      },
    },
    {
      ...{ actorName: "system", action: "retention.sweep" },
      detail: { run: run?.id, trigger: "schedule", deleted: 1, bytes: 4, failed: 0 },
    },
  ]);
});

test("sweeps that run at the same time share the work and delete everything once", async () => {
  await keep({ daysAgo: 31, count: 1_400 });
  const runs = await Promise.all([sweep(), sweep(), sweep()]);
  expect(runs.reduce((sum, run) => sum + (run?.deletedCount ?? 0), 0)).toBe(1_400);
  expect(await left()).toEqual([]);
  const deletions = await scene.services.db.auditEvent.groupBy({
    by: ["targetId"],
    where: { action: "recording.delete" },
    having: { targetId: { _count: { gt: 1 } } },
  });
  expect(deletions).toEqual([]);
});

/** The scene's store, which keeps what is named so. */
const storeThatKeeps = (ending: string) =>
  storeWith(async (objects) => {
    const kept = objects.filter(({ key }) => key.endsWith(ending));
    await scene.services.store.deleteMany(objects.filter((each) => !kept.includes(each)));
    return kept.map(({ key }) => ({ key, reason: "EACCES" }));
  });
const hold = (type: "session" | "user", id: string) =>
  placeHold(
    scene.services,
    { actor: scene.admin, client: CLIENT },
    { target_type: type, target_id: id, reason: "case 1" },
  );

test("a recording that the storage keeps is told, and stays under the rules and holds", async () => {
  const [kept] = await keep({ daysAgo: 31, count: 3 });
  expect(await sweep(30, { store: storeThatKeeps(`${kept}.webm`) })).toMatchObject({
    ...{ state: "done", deletedCount: 2, failedCount: 1 },
    problem: "The storage did not delete everything: EACCES.",
  });
  expect(await left()).toEqual([kept]);
  expect(await sweep(0)).toMatchObject({ deletedCount: 0, failedCount: 0 });
  const placed = await hold("session", sessionId);
  expect(await sweep()).toMatchObject({ deletedCount: 0, failedCount: 0 });
  expect(await files()).toContain(`${kept}.webm`);
  await liftHold(scene.services, { actor: scene.admin, client: CLIENT }, placed.id);
  expect(await sweep()).toMatchObject({ deletedCount: 1, failedCount: 0 });
});

test("a recording that is gone but for its poster goes with the next sweep, whatever the holds say by then", async () => {
  const [half] = await keep({ daysAgo: 31, count: 2 });
  const store = storeThatKeeps(`${half}.webm.poster.webp`);
  expect(await sweep(30, { store })).toMatchObject({ deletedCount: 1, failedCount: 1 });
  await hold("user", scene.ana.userId);
  expect(await sweep(0)).toMatchObject({ deletedCount: 1, failedCount: 0 });
  expect(await files()).not.toContain(`${half}.webm.poster.webp`);
});

test("a storage that keeps everything is asked once in a sweep for each recording", async () => {
  await keep({ daysAgo: 31, count: 1_100 });
  expect(await sweep(30, { store: storeThatKeeps("") })).toMatchObject({
    ...{ state: "done", deletedCount: 0, failedCount: 1_100 },
  });
  expect(await sweep()).toMatchObject({ deletedCount: 1_100, failedCount: 0 });
});

test("a storage that is away fails the run in words, and the next one finishes it", async () => {
  await keep({ daysAgo: 31, count: 2 });
  const away = new AppError("unavailable", "Away.", { advice: "S3 does not answer." });
  const failing = sweep(30, { store: storeWith(() => Promise.reject(away)) });
  await expect(failing).rejects.toThrow("Away.");
  const [run] = await scene.services.db.retentionRun.findMany();
  expect(run).toMatchObject({ state: "failed", problem: "S3 does not answer.", deletedCount: 0 });
  expect(await sweep()).toMatchObject({ state: "done", deletedCount: 2 });
});

/** A sweep begins on two batches at a time; resolves when it has. */
async function bothBatchesBegun(): Promise<void> {
  const begun = async () => {
    const batches = await scene.services.db.retentionBatch.findMany();
    return batches.flatMap(({ recordingIds }) => recordingIds).length;
  };
  await expect.poll(begun, { timeout: 10_000 }).toBe(1_000);
}

test("a hold that comes during a sweep keeps what the sweep has not begun on", async () => {
  await keep({ daysAgo: 31, count: 1_100 });
  const { store } = scene.services;
  let placed: Promise<void> | undefined;
  const place = async () => {
    await bothBatchesBegun();
    const target = { target_type: "user", target_id: scene.ana.userId } as const;
    const by = { actor: scene.admin, client: CLIENT };
    await placeHold(scene.services, by, { ...target, reason: "x" });
  };
  const holding = storeWith(async (objects) => {
    await (placed ??= place());
    return store.deleteMany(objects);
  });
  expect(await sweep(30, { store: holding })).toMatchObject({ deletedCount: 1_000 });
  expect(await left()).toHaveLength(100);
});

test("a policy that keeps more holds for what a running sweep has not begun on", async () => {
  await keep({ daysAgo: 31, count: 1_100 });
  const { store, db } = scene.services;
  let changed: Promise<void> | undefined;
  const change = async () => {
    await bothBatchesBegun();
    await db.app.update({ where: { id: "desktop" }, data: { retentionDays: 0 } });
  };
  const changing = storeWith(async (objects) => {
    await (changed ??= change());
    return store.deleteMany(objects);
  });
  expect(await sweep(30, { store: changing })).toMatchObject({ deletedCount: 1_000 });
});

test("a run that was asked for is done once, however often its job is delivered", async () => {
  await keep({ daysAgo: 31 });
  const run = await insertRequestedRun(scene.services.db, "root");
  expect(await insertRequestedRun(scene.services.db, "root")).toBeNull();
  const done = await sweep(30, {}, run?.id);
  expect(done).toMatchObject({ id: run?.id, requestedBy: "root", state: "done", deletedCount: 1 });
  expect(await sweep(30, {}, run?.id)).toBeNull();
});

test("a run is left to a worker that lives, and gone on with where the database's clock was set back after it died", async () => {
  const { db } = scene.services;
  const run = await insertRequestedRun(db, "root");
  await takeUpRun(db, run?.id ?? "");
  expect(await sweep(30, {}, run?.id)).toBeNull();
  await db.$executeRaw`UPDATE "retention_runs" SET "seen_at" = now() + interval '9 hours'`;
  expect(await sweep(30, {}, run?.id)).toMatchObject({ id: run?.id, state: "done" });
  // And one that was asked for before, and whose job is lost.
  const next = await insertRequestedRun(db, "root");
  await db.$executeRaw`
    UPDATE "retention_runs" SET "created_at" = now() + interval '9 hours' WHERE "state" = 'queued'`;
  expect(await sweep()).toMatchObject({ id: next?.id, state: "done" });
});

test("a run is left to a worker that lives, whatever the time is on its machine", async () => {
  const { db } = scene.services;
  onTestFinished(() => void vi.useRealTimers());
  for (const hours of [9, -9]) {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + hours * 3_600_000 });
    const { id } = await takeUpAnyRun(db);
    vi.useRealTimers();
    expect((await takeUpAnyRun(db)).id).not.toBe(id);
  }
});

test("the database and the rules in words agree on what is past its time", async () => {
  const { db, store } = scene.services;
  const apps = ["lab", "office", "kiosk"];
  const aged: { readonly appId: string; readonly daysAgo: number }[] = [];
  for (const appId of apps) {
    await db.app.create({ data: { id: appId, name: appId, kind: "desktop", description: "" } });
    const data = { appId, userId: scene.ana.userId, provider: "local" } as const;
    const session = await db.session.create({ data, select: { id: true } });
    for (const daysAgo of [1.5, 3.5, 7.5, 30.5, 90.5]) {
      await keep({ daysAgo, sessionId: session.id });
      aged.push({ appId, daysAgo });
    }
  }
  const days = fc.constantFrom(null, 0, 1, 3, 7, 30, 90, 365);
  const policies: fc.Arbitrary<RetentionPolicy> = fc.record({
    ...{
      defaultDays: fc.constantFrom(0, 7, 90),
      organisationDays: fc.oneof(fc.constant(null), days),
    },
    ...{ productionDays: days, nonProductionDays: days },
    apps: fc.tuple(...apps.map((id) => appRule(id, days))),
  });
  const expired = (policy: RetentionPolicy) =>
    aged.filter(({ appId, daysAgo }) => {
      const app = policy.apps.find(({ id }) => id === appId);
      const limit = app === undefined ? 0 : retentionOf(policy, app).days;
      return limit > 0 && daysAgo > limit;
    });
  await fc.assert(
    fc.asyncProperty(policies, policies, async (before, after) => {
      const found = await summariseExpired(db, limitsOf(after), limitsOf(before), store.backend);
      const goes = expired(after);
      const went = new Set(expired(before));
      expect(found.count).toBe(goes.length);
      expect(found.newlyCount).toBe(goes.filter((each) => !went.has(each)).length);
    }),
    { numRuns: 60 },
  );
});

function appRule(id: string, days: fc.Arbitrary<number | null>) {
  const environment = fc.constantFrom("production" as const, "non_production" as const);
  return fc.record({ id: fc.constant(id), environment, days });
}
