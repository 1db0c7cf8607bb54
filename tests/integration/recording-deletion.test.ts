import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Services } from "@/lib/composition/services";
import { deleteRecording } from "@/lib/recordings/delete-recording";
import { getRecording } from "@/lib/recordings/get-recording";
import {
  reapAbandonedRecordings,
  RECORDING_LEASE_MS,
} from "@/lib/recordings/reap-abandoned-recordings";
import type { RecordingStore } from "@/lib/storage/recording-store";
import { deferred } from "../support/deferred";
import {
  CLIENT,
  createRecordingScene,
  letTimePass,
  otherProcess,
  type RecordingScene,
} from "../support/recording-scene";
import { buildStream, VIDEO } from "../support/webm-streams";

const BLOCK = { track: 1, isKeyframe: true, dataBytes: 9_000, flags: 0, group: null };
const { bytes: stream } = buildStream({
  timestampScaleNs: 1_000_000,
  tracks: [VIDEO],
  isSegmentSized: false,
  before: [],
  clusters: [0, 5_000].map((ticks) => ({
    ...{ isSized: false, ticks, within: [], after: [] },
    blocks: [
      { ...BLOCK, relativeTicks: 0 },
      { ...BLOCK, relativeTicks: 40 },
    ],
  })),
});

let scene: RecordingScene;
beforeAll(async () => {
  scene = await createRecordingScene();
});
afterAll(() => scene.close());

/** Every file that the store keeps, of whatever recording. */
async function storedFiles(): Promise<string[]> {
  const root = join(scene.directory, "recordings");
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** A recording that was sealed because its sender was away, and may be gone on with. */
async function sealedForNow(cut: number): Promise<string> {
  const { recordingId } = await scene.start(scene.ana);
  await scene.append(recordingId, 0, stream.subarray(0, cut));
  await letTimePass(scene.services, recordingId, RECORDING_LEASE_MS);
  expect(await reapAbandonedRecordings(scene.services)).toMatchObject({ sealed: 1 });
  return recordingId;
}

/** The same services, with how often they have asked the database for something in plain SQL. */
function counting(services: Services) {
  let count = 0;
  const db = new Proxy(services.db, {
    get: (target, name): unknown => {
      if (name === "$queryRaw") count += 1;
      return Reflect.get(target, name);
    },
  });
  return { services: { ...services, db }, count: () => count };
}

test("a recording that another process is taking up again goes whole, and only when that has let go", async () => {
  const cut = stream.length - 3_000;
  const recordingId = await sealedForNow(cut);

  const [reopening, goOn] = [deferred<null>(), deferred<null>()];
  const other = otherProcess(scene.services);
  const store = Object.create(other.store) as RecordingStore;
  store.reopen = async (live) => {
    reopening.resolve(null);
    await goOn.promise;
    return other.store.reopen(live);
  };
  const services = { ...other, store };
  const appending = scene.append(recordingId, cut, stream.subarray(cut), { services });
  await reopening.promise;

  const deletes = vi.spyOn(scene.services.store, "delete");
  const deleting = counting(scene.services);
  const deleted = deleteRecording(deleting.services, scene.ana, CLIENT, recordingId);
  await vi.waitFor(() => expect(deleting.count()).toBeGreaterThan(1));
  expect(deletes).not.toHaveBeenCalled();
  goOn.resolve(null);
  expect(await appending).toMatchObject({ uploadOffset: stream.length });
  await deleted;
  expect(await storedFiles()).toEqual([]);
  await expect(getRecording(scene.services, scene.ana, recordingId)).rejects.toMatchObject({
    code: "not_found",
  });
});

test("nobody takes a recording up again while its bytes are going, and one that cannot go may be tried again", async () => {
  const cut = stream.length - 3_000;
  const recordingId = await sealedForNow(cut);
  const store = Object.create(scene.services.store) as RecordingStore;
  store.delete = async () => {
    const services = otherProcess(scene.services);
    await expect(
      scene.append(recordingId, cut, stream.subarray(cut), { services }),
    ).rejects.toMatchObject({ httpStatus: expect.any(Number) as number });
    throw new Error("the disk does not answer");
  };
  await expect(
    deleteRecording({ ...scene.services, store }, scene.ana, CLIENT, recordingId),
  ).rejects.toThrow("the disk does not answer");
  await deleteRecording(scene.services, scene.ana, CLIENT, recordingId);
  expect(await storedFiles()).toEqual([]);
});
