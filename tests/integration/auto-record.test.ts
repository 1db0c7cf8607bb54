import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { declineAutoRecord } from "@/lib/recordings/decline-auto-record";
import { getRecording } from "@/lib/recordings/get-recording";
import { findRecordingWish, type RecordingWish } from "@/lib/recordings/recording-wish";
import { RecordingWishes } from "@/lib/recordings/recording-wishes";
import { startRecording } from "@/lib/recordings/start-recording";
import { changeSettings } from "@/lib/settings/change-settings";
import { CLIENT, createRecordingScene, type RecordingScene } from "../support/recording-scene";

let scene: RecordingScene;
beforeAll(async () => {
  scene = await createRecordingScene();
});
afterEach(() => turn("off"));
afterAll(() => scene.close());

const turn = (to: "on" | "off") =>
  changeSettings(
    scene.services,
    { actor: scene.admin, client: CLIENT },
    { auto_record: to === "on" },
  );
const wishFor = (sessionId: string) => findRecordingWish(scene.services.db, sessionId);
const decline = (sessionId: string, who = scene.ana) =>
  declineAutoRecord(scene.services, who, CLIENT, sessionId);
const startByPolicy = (sessionId: string) =>
  startRecording(scene.services, scene.ana, CLIENT, {
    sessionId,
    description: "",
    origin: "policy",
  });

const NOTHING: RecordingWish = { wanted: false, recorded: false };

test("a session is to be recorded while administrators want that, and no longer", async () => {
  const sessionId = await scene.newSession(scene.ana);
  expect(await wishFor(sessionId)).toEqual(NOTHING);
  await turn("on");
  expect(await wishFor(sessionId)).toEqual({ wanted: true, recorded: false });
  await turn("off");
  expect(await wishFor(sessionId)).toEqual(NOTHING);
});

test("what administrators began is marked as theirs, and of several tabs one records", async () => {
  const sessionId = await scene.newSession(scene.ana);
  await turn("on");
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => startByPolicy(sessionId)));
  const made = outcomes.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  expect(made).toHaveLength(1);
  expect(outcomes.filter(({ status }) => status === "rejected")).toEqual([
    { status: "rejected", reason: expect.objectContaining({ code: "conflict" }) as unknown },
    { status: "rejected", reason: expect.objectContaining({ code: "conflict" }) as unknown },
  ]);
  const { recordingId } = made[0]!;
  expect(await getRecording(scene.services, scene.ana, recordingId, "view")).toMatchObject({
    origin: "policy",
  });
  expect(await wishFor(sessionId)).toEqual({ wanted: true, recorded: true });
});

test("nothing begins by policy where none wants it", async () => {
  const sessionId = await scene.newSession(scene.ana);
  await expect(startByPolicy(sessionId)).rejects.toMatchObject({ code: "conflict" });
});

test("its user may say no, which is audited and holds until administrators turn it on anew", async () => {
  const sessionId = await scene.newSession(scene.ana);
  await turn("on");
  await decline(sessionId);
  expect(await wishFor(sessionId)).toEqual(NOTHING);
  await expect(startByPolicy(sessionId)).rejects.toMatchObject({ code: "conflict" });
  const { auditEvent } = scene.services.db;
  const where = { action: "recording.decline", targetId: sessionId };
  expect(await auditEvent.findMany({ where })).toMatchObject([{ actorName: "ana" }]);
  await turn("off");
  await turn("on");
  expect(await wishFor(sessionId)).toEqual({ wanted: true, recorded: false });
});

test("nobody says no for somebody else", async () => {
  const sessionId = await scene.newSession(scene.ana);
  await expect(decline(sessionId, scene.bob)).rejects.toMatchObject({ code: "forbidden" });
});

test("open tabs are told what holds, then of each change and of nothing else", async () => {
  const { db, log } = scene.services;
  const sessionId = await scene.newSession(scene.ana);
  const wishes = new RecordingWishes({ db, log });
  const told: RecordingWish[] = [];
  const unwatch = wishes.watch(sessionId, (wish) => told.push(wish));
  await vi.waitFor(() => expect(told).toEqual([NOTHING]));
  await turn("on");
  const begun = { wanted: true, recorded: false };
  await vi.waitFor(() => expect(told).toEqual([NOTHING, begun]), { timeout: 2_000 });
  unwatch();
  await turn("off");
  const late: RecordingWish[] = [];
  const unwatchLate = wishes.watch(sessionId, (wish) => late.push(wish));
  await vi.waitFor(() => expect(late).toEqual([NOTHING]));
  unwatchLate();
  expect(told).toEqual([NOTHING, begun]);
});
