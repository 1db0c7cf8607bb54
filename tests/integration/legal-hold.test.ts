import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as holdRoute from "@/app/api/admin/holds/route";
import * as liftRoute from "@/app/api/admin/holds/[id]/lift/route";
import type { Actor } from "@/lib/auth/permissions";
import { provideServices } from "@/lib/composition/services";
import type { HoldJson } from "@/lib/holds/hold-schema";
import { listHolds } from "@/lib/holds/list-holds";
import { liftHold, placeHold } from "@/lib/holds/place-hold";
import { deleteRecording, terminateUpload } from "@/lib/recordings/delete-recording";
import { getRecording } from "@/lib/recordings/get-recording";
import { listRecordings } from "@/lib/recordings/list-recordings";
import { repair } from "@/lib/recordings/reconcile-repair";
import type { RecordingStore } from "@/lib/storage/recording-store";
import { CLIENT, createRecordingScene, type RecordingScene } from "../support/recording-scene";
import { problem, routeClient } from "../support/route-client";

let scene: RecordingScene;
beforeAll(async () => {
  scene = await createRecordingScene();
  provideServices(scene.services);
});
afterAll(() => scene.close());

type Target = { readonly target_type: HoldJson["target_type"]; readonly target_id: string };
const place = (target: Target, reason = "case 7") =>
  placeHold(scene.services, { actor: scene.admin, client: CLIENT }, { ...target, reason });
const lift = (id: string, reason?: string) =>
  liftHold(scene.services, { actor: scene.admin, client: CLIENT }, id, reason);
const remove = (actor: Actor, id: string) => deleteRecording(scene.services, actor, CLIENT, id);
const recording = (id: string): Target => ({ target_type: "recording", target_id: id });

test.each(["recording", "session", "user"] as const)(
  "a hold on the %s keeps a recording from everybody until it is lifted",
  async (type) => {
    const { services, ana, admin } = scene;
    const { recordingId, sessionId } = await scene.start(ana);
    const id = { recording: recordingId, session: sessionId, user: ana.userId }[type];
    const hold = await place({ target_type: type, target_id: id });
    expect(await getRecording(services, ana, recordingId)).toMatchObject({ isHeld: true });
    await expect(remove(ana, recordingId)).rejects.toMatchObject({ code: "held" });
    await expect(remove(admin, recordingId)).rejects.toMatchObject({ code: "held" });
    await expect(terminateUpload(services, ana, CLIENT, recordingId)).rejects.toMatchObject({
      code: "held",
    });
    await lift(hold.id);
    expect(await getRecording(services, ana, recordingId)).toMatchObject({ isHeld: false });
    await remove(ana, recordingId);
  },
);

test("a hold on a user covers what they record later, and nobody else's", async () => {
  const hold = await place({ target_type: "user", target_id: scene.bob.userId });
  const [later, anas] = [await scene.start(scene.bob), await scene.start(scene.ana)];
  await expect(remove(scene.bob, later.recordingId)).rejects.toMatchObject({ code: "held" });
  const list = { scope: "all", limit: 10 } as const;
  const { recordings } = await listRecordings(scene.services, scene.admin, list);
  expect(recordings.map(({ id, isHeld }) => ({ id, isHeld }))).toEqual([
    { id: anas.recordingId, isHeld: false },
    { id: later.recordingId, isHeld: true },
  ]);
  await remove(scene.ana, anas.recordingId);
  await lift(hold.id);
  await remove(scene.bob, later.recordingId);
});

test("with two holds a recording stays until both are lifted", async () => {
  const { recordingId, sessionId } = await scene.start(scene.ana);
  const first = await place(recording(recordingId), "case 7");
  const second = await place({ target_type: "session", target_id: sessionId }, "case 8");
  await lift(first.id);
  await expect(remove(scene.admin, recordingId)).rejects.toThrow(/session.*root on .*“case 8”/);
  await lift(second.id);
  await remove(scene.ana, recordingId);
});

test("who may place holds hears who placed it and why; its owner only that there is one", async () => {
  const { recordingId } = await scene.start(scene.ana);
  const { id } = await place(recording(recordingId), "the case against ana");
  await expect(remove(scene.admin, recordingId)).rejects.toThrow(
    /placed by root on \d{4}-\d\d-\d\d: “the case against ana”/,
  );
  const told = await remove(scene.ana, recordingId).catch(String);
  expect(told).toMatch(/under legal hold since \d{4}-\d\d-\d\d/);
  expect(told).not.toMatch(/root|case/);
  await lift(id);
});

test("the database itself refuses to delete, or to begin to delete, what is held", async () => {
  const { db } = scene.services;
  const { recordingId } = await scene.start(scene.ana);
  const { id } = await place(recording(recordingId));
  const where = { id: recordingId };
  await expect(db.recording.delete({ where })).rejects.toThrow(/legal hold/);
  const begin = db.recording.update({ where, data: { deletionCause: "person" } });
  await expect(begin).rejects.toThrow(/legal hold/);
  await expect(db.legalHold.update({ where: { id }, data: { reason: "-" } })).rejects.toThrow(
    /only be lifted/,
  );
  await lift(id);
  await expect(
    db.recording.update({ where, data: { deletionCause: "retention" } }),
  ).rejects.toThrow(/retention_takes_only_ready/);
  await db.recording.delete({ where });
});

test("a hold that comes when the bytes are going is refused; the deletion goes through", async () => {
  const { recordingId } = await scene.start(scene.ana);
  let asked: Promise<unknown> | undefined;
  const store = Object.create(scene.services.store) as RecordingStore;
  store.delete = async (key) => {
    asked ??= expect(place(recording(recordingId))).rejects.toMatchObject({ code: "conflict" });
    await asked;
    await scene.services.store.delete(key);
  };
  await deleteRecording({ ...scene.services, store }, scene.ana, CLIENT, recordingId);
  expect(asked).toBeDefined();
  await expect(place(recording(recordingId))).rejects.toMatchObject({ code: "not_found" });
});

test("of a hold and deletions at the same moment, either the hold is refused or nothing goes", async () => {
  for (let round = 0; round < 15; round += 1) {
    const { recordingId, sessionId } = await scene.start(scene.ana);
    const [deleted, held] = await Promise.allSettled([
      remove(scene.ana, recordingId),
      place({
        target_type: round % 2 ? "session" : "recording",
        target_id: round % 2 ? sessionId : recordingId,
      }),
    ]);
    const there = await scene.services.db.recording.findUnique({ where: { id: recordingId } });
    expect(there === null).toBe(deleted.status === "fulfilled");
    if (there === null) continue;
    expect(held.status).toBe("fulfilled");
    // Not a byte of it has been touched.
    expect(there.deletionCause).toBeNull();
    expect(await scene.services.store.hasLive({ key: there.storageKey, state: {} }, 0)).toBe(true);
  }
});

test("a repair leaves even what a held recording does not need where it is", async () => {
  const { recordingId } = await scene.start(scene.ana);
  const { id } = await place(recording(recordingId));
  const store = Object.create(scene.services.store) as RecordingStore;
  store.removeRemnant = () => Promise.reject(new Error("a held recording's remnant"));
  const remnant = { form: "unfinished", key: "x.webm", name: "x.webm.part" } as const;
  const finding = {
    kind: "leftover",
    recordingId,
    remnant: { ...remnant, sizeBytes: 1, modifiedAt: new Date(0) },
  } as const;
  expect(await repair({ ...scene.services, store }, finding)).toBe(false);
  await lift(id);
});

test("ops hold and lift within the clusters assigned to them, and nothing beyond", async () => {
  const { services, ana } = scene;
  const { recordingId, sessionId } = await scene.start(ana);
  const { cluster } = await getRecording(services, ana, recordingId);
  const ops = (clusters: string[]): Actor => ({ ...scene.bob, role: "ops", clusters });
  const holdAs = (actor: Actor, type: HoldJson["target_type"], id: string) =>
    placeHold(
      services,
      { actor, client: CLIENT },
      { target_type: type, target_id: id, reason: "x" },
    );
  const insider = ops([cluster]);
  for (const [type, id] of [
    ["recording", recordingId],
    ["session", sessionId],
  ] as const) {
    await expect(holdAs(ops(["elsewhere"]), type, id)).rejects.toMatchObject({ code: "forbidden" });
    const hold = await holdAs(insider, type, id);
    const liftAs = (actor: Actor) => liftHold(services, { actor, client: CLIENT }, hold.id);
    await expect(liftAs(ops(["elsewhere"]))).rejects.toMatchObject({ code: "forbidden" });
    await liftAs(insider);
  }
  await expect(holdAs(insider, "user", ana.userId)).rejects.toMatchObject({ code: "forbidden" });
});

test("the list of holds says what is under each, and shows operations those of their clusters", async () => {
  const { services, ana, bob } = scene;
  const over = { liftedBy: "root", liftedAt: new Date() };
  await services.db.legalHold.updateMany({ where: { liftedAt: null }, data: over });
  const { recordingId, sessionId } = await scene.start(ana);
  const { cluster } = await getRecording(services, ana, recordingId);
  const [first, second, third] = [
    await place(recording(recordingId)),
    await place({ target_type: "session", target_id: sessionId }),
    await place({ target_type: "user", target_id: ana.userId }),
  ];
  await services.db.recording.update({ where: { id: recordingId }, data: { sizeBytes: 7n } });
  const seenBy = async (actor: Actor) => {
    const { holds } = await listHolds(services, actor, { inForceOnly: true, limit: 50 });
    return holds.map(({ id, target, covers }) => [id, target.owner, covers.sizeBytes]);
  };
  const users = await services.db.recording.aggregate({
    where: { userId: ana.userId },
    _sum: { sizeBytes: true },
  });
  const inCluster = [
    [second.id, "ana", 7],
    [first.id, "ana", 7],
  ];
  const all = [[third.id, "ana", Number(users._sum.sizeBytes)], ...inCluster];
  expect(await seenBy(scene.admin)).toEqual(all);
  expect(await seenBy({ ...bob, role: "ops", clusters: [cluster] })).toEqual(inCluster);
  expect(await seenBy({ ...bob, role: "ops", clusters: ["elsewhere"] })).toEqual([]);
  await expect(seenBy(ana)).rejects.toMatchObject({ code: "forbidden" });
  const target = { type: "session", id: sessionId } as const;
  const onIt = await listHolds(services, scene.admin, { inForceOnly: true, target, limit: 50 });
  expect(onIt.holds.map(({ id, covers }) => [id, covers.recordings])).toEqual([[second.id, 1]]);
  for (const { id } of [first, second, third]) await lift(id);
  expect(await seenBy(scene.admin)).toEqual([]);
});

test("placing and lifting are in the audit trail, with the reason", async () => {
  const { recordingId } = await scene.start(scene.ana);
  const { id } = await place(recording(recordingId), "case 9");
  await lift(id, "the case is closed");
  await expect(lift(id)).rejects.toMatchObject({ code: "conflict" });
  const events = await scene.services.db.auditEvent.findMany({
    where: { targetId: recordingId, action: { startsWith: "hold." } },
    orderBy: { id: "asc" },
  });
  expect(
    events.map(({ actorName, action, ip, detail }) => [actorName, action, ip, detail]),
  ).toEqual([
    ["root", "hold.place", CLIENT.ip, { hold: id, reason: "case 9" }],
    [
      ...["root", "hold.lift", CLIENT.ip],
      { hold: id, reason: "case 9", lift_reason: "the case is closed" },
    ],
  ]);
});

test("over HTTP an administrator places, lists and lifts a hold; an ordinary user may not", async () => {
  const call = routeClient(scene.services, scene.admin);
  const { recordingId, sessionId } = await scene.start(scene.ana);
  const asJson = { "content-type": "application/json" };
  const body = JSON.stringify({ target_type: "session", target_id: sessionId, reason: "case 10" });
  expect(
    await problem(await call("POST", holdRoute.POST, { as: scene.ana, body, headers: asJson })),
  ).toBe("403 forbidden");
  const nobody = JSON.stringify({ target_type: "user", target_id: randomUUID(), reason: "x" });
  expect(await problem(await call("POST", holdRoute.POST, { body: nobody, headers: asJson }))).toBe(
    "404 not_found",
  );
  const silent = JSON.stringify({ target_type: "session", target_id: sessionId, reason: " " });
  expect(await problem(await call("POST", holdRoute.POST, { body: silent, headers: asJson }))).toBe(
    "400 bad_request",
  );
  const placed = await call("POST", holdRoute.POST, { body, headers: asJson });
  expect(placed.status).toBe(201);
  const hold = (await placed.json()) as HoldJson;
  expect(hold).toMatchObject({ target_name: "Desktop", placed_by: "root", lifted_at: null });
  const query = `?recording_id=${recordingId}`;
  expect(await (await call("GET", holdRoute.GET, { query })).json()).toEqual([hold]);
  const onIt = await call("GET", holdRoute.GET, {
    query: `?target_type=session&target_id=${sessionId}`,
  });
  expect(await onIt.json()).toEqual([{ ...hold, recording_count: 1, recording_bytes: 0 }]);
  const ofWhat = await call("GET", holdRoute.GET, { query: `?target_id=${sessionId}` });
  expect(await problem(ofWhat)).toBe("400 bad_request");
  const why = JSON.stringify({ reason: "settled" });
  const lifted = await call("POST", liftRoute.POST, { id: hold.id, body: why, headers: asJson });
  expect(await lifted.json()).toMatchObject({ lifted_by: "root", lift_reason: "settled" });
  expect(await (await call("GET", holdRoute.GET, { query })).json()).toEqual([]);
  const all = (await (
    await call("GET", holdRoute.GET, { query: "?state=all&limit=1" })
  ).json()) as HoldJson[];
  expect(all.map(({ id }) => id)).toEqual([hold.id]);
});
