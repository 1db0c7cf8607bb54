import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { POST as startRoute } from "@/app/api/sessions/[id]/recording/start/route";
import type { Actor } from "@/lib/auth/permissions";
import { provideServices } from "@/lib/composition/services";
import { getRecording } from "@/lib/recordings/get-recording";
import { Room } from "@/lib/recordings/room";
import { changeSettings } from "@/lib/settings/change-settings";
import type { SettingsChange } from "@/lib/settings/settings-schema";
import { captures } from "../support/captures";
import { problem, routeClient } from "../support/route-client";
import {
  auditedActions,
  CLIENT,
  createRecordingScene,
  type RecordingScene,
} from "../support/recording-scene";

const MEBIBYTE = 1024 * 1024;
let scene: RecordingScene;
let video: Uint8Array;
beforeAll(async () => {
  scene = await createRecordingScene();
  video = (await captures()).vp9.bytes;
});
afterAll(() => scene.close());
beforeEach(async () => {
  await set({ free_space_floor_mb: 0, user_quota_mb: 0 });
});

const set = (change: SettingsChange) =>
  changeSettings(scene.services, { actor: scene.admin, client: CLIENT }, change);

/** Sets the floor to so many times what the disk has free. */
async function setFloor(timesFree: number): Promise<void> {
  const freeBytes = (await scene.services.store.freeBytes()) ?? 0;
  await set({ free_space_floor_mb: Math.round((freeBytes / MEBIBYTE) * timesFree) });
}

/** The services of a process that was started now: it has not looked at the disk yet. */
function newProcess() {
  return { ...scene.services, room: new Room(scene.services) };
}

interface Sender {
  readonly actor?: Actor;
  readonly uploadLength?: number;
}

/** Sends the next bytes to a process that has just looked; returns what it says of the room. */
async function send(recordingId: string, from: number, to: number, by: Sender = {}) {
  const options = { services: newProcess(), ...by };
  return (await scene.append(recordingId, from, video.subarray(from, to), options)).room;
}

describe("below the floor of free space", () => {
  test("nothing new is recorded, with the reason, until an administrator makes room", async () => {
    await setFloor(1.5);
    const recordings = await scene.services.db.recording.count();
    await expect(scene.start(scene.ana)).rejects.toMatchObject({
      code: "insufficient_storage",
      message: expect.stringMatching(/less than \d+ MiB left.*Delete recordings/) as string,
    });
    expect(await scene.services.db.recording.count()).toBe(recordings);
    await setFloor(0.1);
    await scene.start(scene.ana);
  });

  test("a recording under way is told to make fewer bytes, and goes on", async () => {
    const { recordingId } = await scene.start(scene.ana);
    expect(await send(recordingId, 0, 9_000)).toBe("enough");
    await setFloor(1.5);
    expect(await send(recordingId, 9_000, 18_000)).toBe("low");
    expect((await getRecording(scene.services, scene.ana, recordingId)).status).toBe("recording");
  });

  test("far below it, a recording under way is stopped, and all its sender has is kept", async () => {
    const { recordingId } = await scene.start(scene.ana);
    await send(recordingId, 0, 9_000);
    await setFloor(3);
    expect(await send(recordingId, 9_000, 18_000)).toBe("out");
    expect((await getRecording(scene.services, scene.ana, recordingId)).status).toBe("uploading");
    expect(await auditedActions(scene.services, recordingId)).toContain("system recording.stop -");
    await send(recordingId, 18_000, video.length, { uploadLength: video.length });
    expect(await getRecording(scene.services, scene.ana, recordingId)).toMatchObject({
      status: "ready",
      truncated: false,
      uploadOffset: video.length,
    });
  });
});

describe("two servers on one disk", () => {
  const FLOOR_MB = 1000;

  /** One that was started now and sees so much free space, in MiB. */
  function server(freeMebibytes: number) {
    const store = { freeBytes: () => Promise.resolve(freeMebibytes * MEBIBYTE) };
    return new Room({ ...scene.services, store });
  }

  const levelAt = (freeMebibytes: number) => server(freeMebibytes).level(scene.ana.userId);

  beforeEach(async () => {
    await set({ free_space_floor_mb: FLOOR_MB });
    await levelAt(1_250);
  });

  test("remember together that it was short, over restarts, until 125 % of the floor are free", async () => {
    expect(await levelAt(1_249)).toBe("enough");
    expect(await levelAt(999)).toBe("low");
    expect(await levelAt(1_249)).toBe("low");
    await expect(server(1_249).require(scene.ana.userId)).rejects.toMatchObject({
      code: "insufficient_storage",
    });
    expect(await levelAt(1_250)).toBe("enough");
    expect(await levelAt(1_249)).toBe("enough");
    await server(1_249).require(scene.ana.userId);
  });

  test("come to one answer when both see it change in the same moment", async () => {
    const low = await Promise.all(Array.from({ length: 8 }, () => levelAt(999)));
    expect(new Set(low)).toEqual(new Set(["low"]));
    const again = await Promise.all(Array.from({ length: 8 }, () => levelAt(1_250)));
    expect(new Set(again)).toEqual(new Set(["enough"]));
    expect(await levelAt(1_100)).toBe("enough");
  });

  test("ask the database once for all that arrives within two seconds", async () => {
    let looks = 0;
    const freeBytes = () => Promise.resolve(++looks * MEBIBYTE);
    const room = new Room({ ...scene.services, store: { freeBytes } });
    await Promise.all([scene.ana, scene.bob, scene.admin].map(({ userId }) => room.level(userId)));
    expect(looks).toBe(1);
  });

  test("refuse what is new also when the database cannot keep that the disk is short", async () => {
    const { db } = scene.services;
    await db.$executeRaw`
      ALTER TABLE "settings" ADD CONSTRAINT "full" CHECK ("key" <> 'disk_level') NOT VALID`;
    try {
      expect(await levelAt(999)).toBe("low");
      await expect(server(400).require(scene.ana.userId)).rejects.toMatchObject({
        code: "insufficient_storage",
      });
    } finally {
      await db.$executeRaw`ALTER TABLE "settings" DROP CONSTRAINT "full"`;
    }
  });
});

describe("a user's quota", () => {
  test("keeps the one who used it up from recording, and nobody else", async () => {
    const { recordingId } = await scene.start(scene.ana);
    await send(recordingId, 0, video.length, { uploadLength: video.length });
    // As if it were as large as the quota: a real one of a mebibyte takes a minute to make.
    await scene.services.db.recording.update({
      where: { id: recordingId },
      data: { sizeBytes: MEBIBYTE },
    });
    await set({ user_quota_mb: 1 });
    await expect(scene.start(scene.ana)).rejects.toMatchObject({
      code: "insufficient_storage",
      message: expect.stringContaining("all of the 1 MiB you may use") as string,
    });
    await scene.start(scene.bob);
    await set({ user_quota_mb: 2 });
    await scene.start(scene.ana);
  });

  test("nearly used up, has a recording under way spare it, then stopped; all its sender has is kept", async () => {
    const { recordingId } = await scene.start(scene.bob);
    const bob = { actor: scene.bob };
    await set({ user_quota_mb: 1 });
    expect(await send(recordingId, 0, 9_000, bob)).toBe("enough");
    const other = await scene.start(scene.bob);
    // As if another of his had grown so far.
    const setOther = (sizeBytes: number) =>
      scene.services.db.recording.update({
        where: { id: other.recordingId },
        data: { sizeBytes: Math.round(sizeBytes) },
      });
    await setOther(0.92 * MEBIBYTE);
    expect(await send(recordingId, 9_000, 18_000, bob)).toBe("low");
    expect((await getRecording(scene.services, scene.bob, recordingId)).status).toBe("recording");
    await setOther(MEBIBYTE);
    expect(await send(recordingId, 18_000, 27_000, bob)).toBe("out");
    expect((await getRecording(scene.services, scene.bob, recordingId)).status).toBe("uploading");
    await send(recordingId, 27_000, video.length, { ...bob, uploadLength: video.length });
    expect(await getRecording(scene.services, scene.bob, recordingId)).toMatchObject({
      status: "ready",
      uploadOffset: video.length,
    });
    // Over the API a start is refused with the status for it.
    provideServices(scene.services);
    const ask = routeClient(scene.services, scene.bob);
    const id = await scene.newSession(scene.bob);
    const refused = await ask("POST", startRoute, { id, body: "{}" });
    expect(await problem(refused)).toBe("507 insufficient_storage");
  });
});
