import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import * as previewRoute from "@/app/api/admin/retention/preview/route";
import * as retentionRoute from "@/app/api/admin/retention/route";
import * as runsRoute from "@/app/api/admin/retention/runs/route";
import { provideServices } from "@/lib/composition/services";
import { placeHold } from "@/lib/holds/place-hold";
import type { RetentionPreviewJson, RetentionViewJson } from "@/lib/retention/retention-schema";
import { sweepRetention } from "@/workers/sweep-retention";
import { DAY_MS, keepRecordings } from "../support/expired-recordings";
import { CLIENT, createRecordingScene, type RecordingScene } from "../support/recording-scene";
import { problem, type RouteClient, routeClient } from "../support/route-client";

let scene: RecordingScene;
let call: RouteClient;
beforeAll(async () => {
  scene = await createRecordingScene({ SORTIE_RECORDING_RETENTION_DAYS: "90" });
  provideServices(scene.services);
  call = routeClient(scene.services, scene.admin);
  const of = { sessionId: await scene.newSession(scene.ana), userId: scene.ana.userId };
  await keepRecordings(scene.services.db, { ...of, daysAgo: 10, count: 3 });
  await keepRecordings(scene.services.db, { ...of, daysAgo: 50, count: 2 });
  const [held] = await keepRecordings(scene.services.db, { ...of, daysAgo: 60 });
  const by = { actor: scene.admin, client: CLIENT };
  const hold = { target_type: "recording", target_id: held ?? "", reason: "case 3" } as const;
  await placeHold(scene.services, by, hold);
});
afterAll(() => scene.close());
afterEach(async () => {
  await scene.services.db.setting.deleteMany();
  await scene.services.db.app.updateMany({
    data: { retentionDays: null, environment: "production" },
  });
});

const json = { "content-type": "application/json" };
const send = (handler: typeof retentionRoute.PATCH, method: string, body: unknown) =>
  call(method, handler, { headers: json, body: JSON.stringify(body) });
const preview = async (change: unknown) =>
  (await (await send(previewRoute.POST, "POST", change)).json()) as RetentionPreviewJson;
const save = (change: unknown) => send(retentionRoute.PATCH, "PATCH", change);
const view = async () =>
  (await (await call("GET", retentionRoute.GET)).json()) as RetentionViewJson;

test("the policy begins as what the environment variable says", async () => {
  expect((await view()).policy).toMatchObject({
    ...{ default_days: 90, organisation_days: null, last_changes: {} },
    apps: [{ id: "desktop", days: null, effective_days: 90, rule: "default" }],
  });
});

test("before a change is saved, it is told what it would delete, how old that is, and what stays", async () => {
  const shown = await preview({ organisation_days: 30 });
  expect(shown).toMatchObject({ count: 2, bytes: 8, newly_count: 2, held_count: 1, held_bytes: 4 });
  const ageMs = Date.now() - Date.parse(shown.oldest_completed_at ?? "");
  expect(Math.round(ageMs / DAY_MS)).toBe(50);
  expect(await preview({ organisation_days: 5 })).toMatchObject({ count: 5 });
  expect(await preview({})).toMatchObject({ count: 0, oldest_completed_at: null, held_count: 0 });
  expect((await view()).policy.organisation_days).toBeNull();
});

test("before a change is saved that reaches only what is held, it is told what goes once the hold is lifted", async () => {
  const reached = { count: 0, newly_count: 0, held_count: 1, held_bytes: 4 };
  const change = { organisation_days: 55 };
  expect(await preview(change)).toMatchObject({
    ...reached,
    ...{ newly_held_count: 1, newly_held_bytes: 4 },
  });
  expect((await save(change)).status).toBe(200);
  // By the rules of now it would go already, were it not held.
  expect(await preview({ organisation_days: 54 })).toMatchObject({
    ...reached,
    ...{ newly_held_count: 0, newly_held_bytes: 0 },
  });
});

test("a change that deletes more than was confirmed is not saved; a confirmed one is, and says by whom", async () => {
  expect(await problem(await save({ organisation_days: 30 }))).toBe("409 conflict");
  expect(await problem(await save({ organisation_days: 30, confirmed_count: 1 }))).toBe(
    "409 conflict",
  );
  expect((await view()).policy.organisation_days).toBeNull();
  const saved = await save({ organisation_days: 30, confirmed_count: 2 });
  expect(await saved.json()).toMatchObject({
    policy: {
      organisation_days: 30,
      last_changes: { organisation_days: { by: "root" } },
      apps: [{ rule: "organisation" }],
    },
  });
  // What is past its time already needs no second word: this change deletes nothing more.
  expect((await save({ production_days: 20 })).status).toBe(200);
});

test("one app's days and environment are kept with the app, and every change is in the audit trail", async () => {
  const change = { apps: [{ id: "desktop", environment: "non_production", days: 45 }] };
  expect((await save({ ...change, confirmed_count: 2 })).status).toBe(200);
  const { policy } = await view();
  expect(policy.apps).toMatchObject([
    { environment: "non_production", days: 45, effective_days: 45, rule: "app" },
  ]);
  const where = { action: "settings.change", targetId: { startsWith: "retention.desktop" } };
  const events = await scene.services.db.auditEvent.findMany({ where, orderBy: { id: "asc" } });
  expect(events.map(({ actorName, targetId, detail }) => [actorName, targetId, detail])).toEqual([
    ["root", "retention.desktop.environment", { from: "production", to: "non_production" }],
    ["root", "retention.desktop.days", { from: null, to: 45 }],
  ]);
});

test.each([
  { organisation_days: -1 },
  { organisation_days: 40_000 },
  { production_days: 1.5 },
  { apps: [{ id: "no-such-app", days: 3 }] },
  { unknown: 3 },
])("%j is refused", async (change) => {
  expect(await problem(await save(change))).toBe("400 bad_request");
});

test("rules that another version kept delete nothing", async () => {
  await scene.services.db.setting.create({ data: { key: "retention", value: { days: 1 } } });
  const sweeping = sweepRetention(scene.services, {});
  await expect(sweeping).rejects.toThrow(/cannot be read/);
  expect(await scene.services.db.recording.count()).toBe(6);
});

test("a sweep that is asked for waits for a worker, does the work and stays in the history", async () => {
  await save({ organisation_days: 30, confirmed_count: 2 });
  const asked = await call("POST", runsRoute.POST);
  expect(asked.status).toBe(202);
  const run = (await asked.json()) as RetentionViewJson["runs"][number];
  expect(run).toMatchObject({ state: "queued", trigger: "administrator", requested_by: "root" });
  const again = await call("POST", runsRoute.POST);
  expect(await again.json()).toMatchObject({ id: run.id });
  await sweepRetention(scene.services, { run_id: run.id });
  const page = await scene.services.metrics.registry.metrics();
  expect(page.split("\n").filter((line) => line.startsWith("sortie_retention_"))).toEqual([
    "sortie_retention_deleted_recordings_total 2",
    "sortie_retention_deleted_bytes_total 8",
    "sortie_retention_failed_recordings_total 0",
  ]);
  expect((await view()).runs[0]).toMatchObject({
    ...{ id: run.id, state: "done", expected_count: 2, deleted_count: 2, deleted_bytes: 8 },
  });
  const history = await call("GET", runsRoute.GET, { query: "?limit=1" });
  expect(await history.json()).toMatchObject([{ id: run.id }]);
  const events = await scene.services.db.auditEvent.findMany({
    where: { action: "retention.run" },
  });
  expect(events).toMatchObject([{ actorName: "root", detail: { run: run.id } }]);
});
