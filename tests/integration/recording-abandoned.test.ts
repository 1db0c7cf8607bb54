import { rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { getRecording } from "@/lib/recordings/get-recording";
import {
  reapAbandonedRecordings,
  RECORDING_LEASE_MS,
} from "@/lib/recordings/reap-abandoned-recordings";
import { sealAgain } from "@/lib/recordings/seal-again";
import { sealRecording } from "@/lib/recordings/seal-recording";
import { stopRecording } from "@/lib/recordings/stop-recording";
import type { RecordingStore } from "@/lib/storage/recording-store";
import { captures } from "../support/captures";
import { deferred } from "../support/deferred";
import {
  auditedActions,
  CLIENT,
  createRecordingScene,
  hangingBody,
  letTimePass,
  otherProcess,
  type RecordingScene,
  storedBytes,
} from "../support/recording-scene";
import { decodeVideo, type Video } from "../support/video";

let scene: RecordingScene;
let video: Uint8Array;
let whole: Video;
beforeAll(async () => {
  scene = await createRecordingScene();
  video = (await captures()).vp9.bytes;
  whole = await decodeVideo(video);
});
afterAll(() => scene.close());
beforeEach(() => scene.services.db.recording.deleteMany());

const get = (id: string) => getRecording(scene.services, scene.ana, id);
const reap = (services = scene.services) => reapAbandonedRecordings(services);
const again = (id: string, who = scene.ana) => sealAgain(scene.services, who, CLIENT, id);
const actionsOn = (recordingId: string) => auditedActions(scene.services, recordingId);

test("what arrived is sealed and marked, and its sender may yet come back with the rest", async () => {
  const { recordingId } = await scene.start(scene.ana);
  // In the middle of a block, so that the seal has something to cut off.
  const cut = video.length - 1_234;
  await scene.append(recordingId, 0, video.subarray(0, cut));
  expect(await reap()).toEqual({ sealed: 0, failed: 0, postponed: 0 });
  await letTimePass(scene.services, recordingId, RECORDING_LEASE_MS);
  expect(await reap()).toEqual({ sealed: 1, failed: 0, postponed: 0 });
  expect(await get(recordingId)).toMatchObject({ status: "ready", interrupted: true });
  const early = await decodeVideo(await storedBytes(scene.services, scene.ana, recordingId));
  expect(early.frames).toEqual(whole.frames.slice(0, early.frames.length));

  const services = otherProcess(scene.services);
  const rest = video.subarray(cut);
  await scene.append(recordingId, cut, rest, { services, uploadLength: video.length });
  expect(await get(recordingId)).toMatchObject({
    status: "ready",
    interrupted: false,
    recovered: true,
  });
  const late = await decodeVideo(await storedBytes(scene.services, scene.ana, recordingId));
  expect(late.frames).toEqual(whole.frames);
});

test("coming back in small steps, with another pause between, loses nothing either", async () => {
  const { recordingId } = await scene.start(scene.ana);
  let offset = 0;
  for (const end of [100, 40_000, 40_010, 100_003, video.length]) {
    const piece = video.subarray(offset, end);
    await scene.append(recordingId, offset, piece);
    await letTimePass(scene.services, recordingId, RECORDING_LEASE_MS);
    await reap();
    expect((await get(recordingId)).status).toBe(offset === 0 ? "failed" : "ready");
    offset = end;
  }
  const none = Readable.from([]);
  await scene.append(recordingId, offset, none, { uploadLength: offset });
  expect(await get(recordingId)).toMatchObject({ status: "ready", interrupted: false });
  const late = await decodeVideo(await storedBytes(scene.services, scene.ana, recordingId));
  expect(late.frames).toEqual(whole.frames);
});

test("a recording with nothing in it fails, and is not given up for good", async () => {
  const { recordingId } = await scene.start(scene.ana);
  await letTimePass(scene.services, recordingId, RECORDING_LEASE_MS);
  expect(await reap()).toEqual({ sealed: 0, failed: 1, postponed: 0 });
  expect(await get(recordingId)).toMatchObject({ failReason: "nothing_captured" });
  await scene.append(recordingId, 0, video, { uploadLength: video.length });
  expect(await get(recordingId)).toMatchObject({
    status: "ready",
    failReason: null,
    recovered: true,
  });
});

test.each([
  ["and said how long it is, is sealed without the mark", true],
  ["and whose sender never said where it ends, is sealed with the mark", false],
])("a recording that was stopped by its owner %s", async (_, isAnnounced) => {
  const { recordingId, sessionId } = await scene.start(scene.ana);
  await scene.append(recordingId, 0, video);
  await stopRecording(scene.services, scene.ana, CLIENT, {
    sessionId,
    recordingId,
    uploadLength: isAnnounced ? video.length : undefined,
    description: undefined,
  });
  await letTimePass(scene.services, recordingId, RECORDING_LEASE_MS);
  await reap();
  expect(await get(recordingId)).toMatchObject({ status: "ready", interrupted: !isAnnounced });
  const by = isAnnounced ? "ana" : "system";
  expect(await actionsOn(recordingId)).toContainEqual(
    expect.stringMatching(`^${by} recording.upload`),
  );
});

test("one that is being added to is left alone, however slowly", async () => {
  const { recordingId } = await scene.start(scene.ana);
  const { body, taken } = hangingBody(video);
  const appending = scene.append(recordingId, 0, body);
  await taken;
  await scene.services.db
    .$executeRaw`UPDATE "recordings" SET "last_append_at" = now() - interval '1 hour'`;
  expect(await reap()).toEqual({ sealed: 0, failed: 0, postponed: 0 });
  body.push(null);
  expect((await appending).uploadOffset).toBe(video.length);
});

test("any number of reapers finish each recording once", async () => {
  const ids = await Promise.all(
    Array.from({ length: 5 }, async () => (await scene.start(scene.ana)).recordingId),
  );
  for (const id of ids) {
    await scene.append(id, 0, video);
    await letTimePass(scene.services, id, RECORDING_LEASE_MS);
  }
  await Promise.all([reap(), reap(otherProcess(scene.services))]);
  for (const id of ids) {
    const sealings = (await actionsOn(id)).filter((event) => event.includes("upload"));
    expect(sealings).toEqual(["system recording.upload -"]);
  }
});

test("bytes that are missing from the storage are called lost only after a day", async () => {
  const { recordingId } = await scene.start(scene.ana);
  await scene.append(recordingId, 0, video);
  const { storageKey } = await get(recordingId);
  await scene.services.store.delete(storageKey);
  await letTimePass(scene.services, recordingId, RECORDING_LEASE_MS);
  expect(await reap()).toEqual({ sealed: 0, failed: 0, postponed: 1 });
  await letTimePass(scene.services, recordingId, 24 * 60 * 60 * 1000);
  expect(await reap()).toEqual({ sealed: 0, failed: 1, postponed: 0 });
  expect((await get(recordingId)).failReason).toBe("storage_lost");
});

test("one whose index is damaged fails with advice, keeps its bytes, and is not tried for ever", async () => {
  const { recordingId } = await scene.start(scene.ana);
  await scene.append(recordingId, 0, video.subarray(0, 20_000));
  await scene.services.db.recording.update({
    where: { id: recordingId },
    data: { indexState: Uint8Array.of(1, 2, 3) },
  });
  await letTimePass(scene.services, recordingId, RECORDING_LEASE_MS);
  expect(await reap()).toEqual({ sealed: 0, failed: 1, postponed: 0 });
  const recording = await get(recordingId);
  expect(recording).toMatchObject({ status: "failed", failReason: "seal_failed" });
  const kept = join(scene.directory, "recordings", `${recording.storageKey}.part`);
  expect((await stat(kept)).size).toBeGreaterThan(20_000);
  expect(await reap()).toEqual({ sealed: 0, failed: 0, postponed: 0 });
});

test("a failed recording is finished once what stood in the way is gone", async () => {
  const { recordingId } = await scene.start(scene.ana);
  await scene.append(recordingId, 0, video);
  const { storageKey } = await get(recordingId);
  const bytes = join(scene.directory, "recordings", `${storageKey}.part`);
  await rename(bytes, `${bytes}.away`);
  await letTimePass(scene.services, recordingId, 25 * 60 * 60 * 1000);
  expect(await reap()).toEqual({ sealed: 0, failed: 1, postponed: 0 });
  expect(await again(recordingId)).toBe("failed");
  await rename(`${bytes}.away`, bytes);
  await expect(again(recordingId, scene.bob)).rejects.toMatchObject({ code: "forbidden" });
  expect(await again(recordingId, scene.admin)).toBe("ready");
  expect(await get(recordingId)).toMatchObject({ status: "ready", failReason: null });
  expect(await again(recordingId)).toBe("ready");
});

test("where the database's clock was set back, a sender goes on at once, and one that is gone is noticed", async () => {
  const setBack = (id: string) => scene.services.db.$executeRaw`
    UPDATE "recordings"
       SET "append_token" = gen_random_uuid(), "append_expires_at" = now() + interval '9 hours',
           "last_append_at" = now() + interval '9 hours'
     WHERE "id" = ${id}::uuid`;
  const { recordingId } = await scene.start(scene.ana);
  await setBack(recordingId);
  await scene.append(recordingId, 0, video.subarray(0, 90_000));
  await setBack(recordingId);
  expect(await reap()).toEqual({ sealed: 0, failed: 0, postponed: 0 });
  await letTimePass(scene.services, recordingId, RECORDING_LEASE_MS);
  expect(await reap()).toEqual({ sealed: 1, failed: 0, postponed: 0 });
});

test("whoever stops it has it at once, also while its last byte seems to come from the future", async () => {
  const { recordingId } = await scene.start(scene.ana);
  await scene.append(recordingId, 0, video);
  // A clock that was set back looks like this; and the row, which rounds, may be half a millisecond ahead of any.
  await scene.services.db.$executeRaw`
    UPDATE "recordings" SET "last_append_at" = now() + interval '30 seconds' WHERE "id" = ${recordingId}::uuid`;
  expect(await sealRecording(scene.services, { recordingId, by: null })).toBe("ready");
});

describe("a process that falls asleep in the middle of sealing", () => {
  const CUT = 90_000;

  /** Seals what has arrived, in a process that sleeps before or after it has opened the object, until it is woken. */
  function sleepAt(moment: "opening" | "asking", recordingId: string) {
    const asleep = deferred<undefined>();
    const woken = deferred<undefined>();
    const sleep = async () => {
      asleep.resolve(undefined);
      await woken.promise;
    };
    const { services } = scene;
    const store = Object.create(services.store) as RecordingStore;
    store.seal = async (live, header, end, keep) => {
      if (moment === "opening") await sleep();
      return services.store.seal(live, header, end, async () => {
        if (moment === "asking") await sleep();
        await keep?.();
      });
    };
    const sealing = sealRecording({ ...services, store }, { recordingId, by: null });
    sealing.catch(() => undefined);
    return { sealing, asleep: asleep.promise, wake: () => woken.resolve(undefined) };
  }

  /** A recording of which something arrived, and that another process takes over from one that sleeps. */
  async function takenOver(moment: "opening" | "asking") {
    const { recordingId } = await scene.start(scene.ana);
    await scene.append(recordingId, 0, video.subarray(0, CUT));
    // Nobody's timers run while it sleeps.
    vi.useFakeTimers({ toFake: ["setInterval"] });
    const sleeper = sleepAt(moment, recordingId);
    await sleeper.asleep;
    await letTimePass(scene.services, recordingId);
    return { recordingId, ...sleeper };
  }

  const services = () => otherProcess(scene.services);
  const expectWhole = async (recordingId: string) => {
    expect(await get(recordingId)).toMatchObject({ status: "ready", uploadOffset: video.length });
    const stored = await storedBytes(scene.services, scene.ana, recordingId);
    expect(stored.length).toBe((await get(recordingId)).sizeBytes);
    expect((await decodeVideo(stored)).frames).toEqual(whole.frames);
  };
  /** The sender goes on elsewhere, the sealer wakes up, and the sender sends the rest. */
  const expectHarmless = async (taken: Awaited<ReturnType<typeof takenOver>>) => {
    const { recordingId, sealing, wake } = taken;
    const more = video.subarray(CUT, 2 * CUT);
    await scene.append(recordingId, CUT, more, { services: services() });
    wake();
    await expect(sealing).rejects.toMatchObject({ code: "upload_locked" });
    const end = { services: services(), uploadLength: video.length };
    await scene.append(recordingId, 2 * CUT, video.subarray(2 * CUT), end);
    await expectWhole(recordingId);
  };
  afterEach(() => {
    vi.useRealTimers();
  });

  for (const moment of ["opening", "asking"] as const) {
    test(`cuts nothing off that came meanwhile, woken when ${moment}`, async () => {
      await expectHarmless(await takenOver(moment));
    });

    test(`harms no file that another sealed and went on with, woken when ${moment}`, async () => {
      const taken = await takenOver(moment);
      const { recordingId } = taken;
      expect(await sealRecording(services(), { recordingId, by: null })).toBe("ready");
      await expectHarmless(taken);
    });
  }
});
