import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startRecording } from "@/lib/recordings/start-recording";
import { closeOrphanedSessions } from "@/lib/sessions/close-orphaned-sessions";
import { reportAlive } from "@/lib/sessions/session-hosts";
import { CLIENT, createRecordingScene, type RecordingScene } from "../support/recording-scene";
import { auditedSession, untilSession, useOwnTemporaryDirectory } from "../support/session-scene";

const removeTemporaryDirectory = useOwnTemporaryDirectory();
let scene: RecordingScene;
beforeAll(async () => {
  scene = await createRecordingScene();
});
afterEach(async () => {
  const { db } = scene.services;
  await db.recording.deleteMany();
  await db.session.deleteMany();
  await db.host.deleteMany();
});
afterAll(async () => {
  await scene.close();
  removeTemporaryDirectory();
});

const dead = "a dead server";

test("the sessions of a dead server are closed, with their recordings, when the server was silent twice", async () => {
  const id = await addSession(dead);
  const input = { sessionId: id, description: "" };
  const { recordingId } = await startRecording(scene.services, scene.ana, CLIENT, input);
  await beSilent(dead, 61);
  expect(await closeOrphanedSessions(scene.services)).toBe(0);
  await beSilent(dead, 46);
  const closed = await Promise.all([1, 2, 3].map(() => closeOrphanedSessions(scene.services)));
  expect(Math.max(...closed)).toBe(1);
  expect(await auditedSession(scene.services, id)).toEqual(["system session.end server_restarted"]);
  const where = { id: recordingId };
  expect((await scene.services.db.recording.findUnique({ where }))?.status).toBe("uploading");
  expect(await scene.services.db.host.count()).toBe(0);
});

test("the sessions of a server stay open when it was only the database that had been away", async () => {
  const id = await addSession(dead);
  await beSilent(dead, 600);
  expect(await closeOrphanedSessions(scene.services)).toBe(0);
  await reportAlive(scene.services.db, dead);
  await beSilent(dead, 46);
  expect(await closeOrphanedSessions(scene.services)).toBe(0);
  expect(
    (await untilSession(scene.services, id, ({ status }) => status === "running")).closeReason,
  ).toBeNull();
});

test.each(["seen_at", "suspected_at"])(
  "the sessions of a dead server are closed, and a living one's are not, though the database's clock was set back to before %s",
  async (column) => {
    const { db } = scene.services;
    const alive = "a living server";
    const [id, other] = [await addSession(dead), await addSession(alive)];
    await db.$executeRawUnsafe(`UPDATE "hosts" SET "${column}" = now() + interval '9 hours'`);
    expect(await closeOrphanedSessions(scene.services)).toBe(0);
    await reportAlive(db, alive);
    await beSilent(dead, 46);
    expect(await closeOrphanedSessions(scene.services)).toBe(1);
    const open = await db.session.findMany({ where: { id: { in: [id, other] }, endedAt: null } });
    expect(open.map((session) => session.id)).toEqual([other]);
  },
);

test("sessions are closed though nobody knows the server any more, once they are old enough", async () => {
  const id = await addSession("a server nobody knows");
  await scene.services.db.host.deleteMany();
  expect(await closeOrphanedSessions(scene.services)).toBe(0);
  const createdAt = new Date(Date.now() - 3_600_000);
  await scene.services.db.session.update({ where: { id }, data: { createdAt } });
  expect(await closeOrphanedSessions(scene.services)).toBe(1);
});

/** A running session of Ana's on a server that has just reported. */
async function addSession(hostId: string): Promise<string> {
  const { db } = scene.services;
  const id = await scene.newSession(scene.ana);
  await db.session.update({ where: { id }, data: { hostId } });
  await reportAlive(db, hostId);
  return id;
}

/** Lets time pass without a word from a server. */
async function beSilent(hostId: string, seconds: number): Promise<void> {
  await scene.services.db.$executeRaw`
    UPDATE "hosts"
       SET "seen_at" = "seen_at" - ${seconds}::float8 * interval '1 second',
           "suspected_at" = "suspected_at" - ${seconds}::float8 * interval '1 second'
     WHERE "id" = ${hostId}`;
}
