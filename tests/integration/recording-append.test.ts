import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AppendRegistry } from "@/lib/recordings/append-registry";
import { appendToRecording } from "@/lib/recordings/append-to-recording";
import { getRecording } from "@/lib/recordings/get-recording";
import { sealRecording } from "@/lib/recordings/seal-recording";
import { stopRecording } from "@/lib/recordings/stop-recording";
import type { RecordingStore } from "@/lib/storage/recording-store";
import { captures } from "../support/captures";
import {
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
/** What the whole capture decodes to. */
let whole: Video;
beforeAll(async () => {
  scene = await createRecordingScene();
  video = (await captures()).vp9.bytes;
  whole = await decodeVideo(video);
});
afterAll(() => scene.close());

const get = (id: string) => getRecording(scene.services, scene.ana, id);
const stop = (sessionId: string, recordingId: string, uploadLength?: number) =>
  stopRecording(scene.services, scene.ana, CLIENT, {
    sessionId,
    recordingId,
    uploadLength,
    description: undefined,
  });

/** A store whose durable write is the last thing its process ever does. */
function dyingAfterCommit(store: RecordingStore): { store: RecordingStore; died: Promise<void> } {
  let die: () => void = () => undefined;
  const died = new Promise<void>((resolve) => (die = resolve));
  const dying = Object.create(store) as RecordingStore;
  dying.openAppend = async (live, position) => {
    const sink = await store.openAppend(live, position);
    const commit = sink.commit.bind(sink);
    sink.commit = async () => {
      await commit();
      die();
      return new Promise<never>(() => undefined);
    };
    return sink;
  };
  return { store: dying, died };
}

test("a recording sent in pieces is whole, playable and seekable the moment its last byte arrives", async () => {
  const { recordingId, sessionId } = await scene.start(scene.ana);
  let offset = 0;
  for (const end of [100, 150, 60_000, video.length]) {
    const piece = video.subarray(offset, end);
    ({ uploadOffset: offset } = await scene.append(recordingId, offset, piece));
    expect(offset).toBe(end);
    expect((await get(recordingId)).uploadOffset).toBe(end);
  }
  expect(await stop(sessionId, recordingId, video.length)).toBe("ready");

  const recording = await get(recordingId);
  const stored = await storedBytes(scene.services, scene.ana, recordingId);
  const facts = await decodeVideo(stored);
  expect(facts.frames).toEqual(whole.frames);
  expect(recording).toMatchObject({
    status: "ready",
    sizeBytes: stored.length,
    codec: "vp9",
    truncated: false,
    interrupted: false,
    recovered: false,
  });
  expect(Math.abs(facts.durationSeconds * 1000 - (recording.durationMs ?? 0))).toBeLessThan(2);
});

test("the last PATCH may announce the length, and makes the recording ready before it is answered", async () => {
  const { recordingId } = await scene.start(scene.ana);
  await scene.append(recordingId, 0, video.subarray(0, 5_000));
  const rest = video.subarray(5_000);
  const progress = await scene.append(recordingId, 5_000, rest, { uploadLength: video.length });
  expect(progress).toMatchObject({ uploadOffset: video.length, uploadLength: video.length });
  expect((await get(recordingId)).status).toBe("ready");
});

test("an announced length stays, and nothing is taken beyond it", async () => {
  const { recordingId } = await scene.start(scene.ana);
  await scene.append(recordingId, 0, video.subarray(0, 5_000), { uploadLength: 6_000 });
  await expect(
    scene.append(recordingId, 5_000, video.subarray(5_000), { uploadLength: 7_000 }),
  ).rejects.toMatchObject({ code: "bad_request" });
  const { uploadOffset } = await scene.append(recordingId, 5_000, video.subarray(5_000));
  expect(uploadOffset).toBe(6_000);
});

test("bytes for another offset are refused with the right one, and change nothing", async () => {
  const { recordingId } = await scene.start(scene.ana);
  await scene.append(recordingId, 0, video.subarray(0, 1_000));
  for (const offset of [0, 999, 1_001]) {
    await expect(scene.append(recordingId, offset, video.subarray(0, 10))).rejects.toMatchObject({
      code: "offset_mismatch",
      headers: { "Upload-Offset": "1000" },
    });
  }
  expect((await get(recordingId)).uploadOffset).toBe(1_000);
});

describe("when a sender goes away", () => {
  test("what arrived before the connection broke is kept", async () => {
    const { recordingId } = await scene.start(scene.ana);
    const { body, taken } = hangingBody(video.subarray(0, 20_000));
    const appending = scene.append(recordingId, 0, body);
    await taken;
    body.destroy(new Error("ECONNRESET"));
    expect((await appending).uploadOffset).toBe(20_000);
    const rest = video.subarray(20_000);
    await scene.append(recordingId, 20_000, rest, { uploadLength: video.length });
    const facts = await decodeVideo(await storedBytes(scene.services, scene.ana, recordingId));
    expect(facts.frames).toEqual(whole.frames);
  });

  test("a stalled request gives way to the sender's new one", async () => {
    const services = { ...scene.services, appends: new AppendRegistry({ stalledAfterMs: 0 }) };
    const { recordingId } = await scene.start(scene.ana);
    const { body, taken } = hangingBody(video.subarray(0, 20_000));
    const stalled = scene.append(recordingId, 0, body, { services });
    await taken;
    const next = scene.append(recordingId, 20_000, video.subarray(20_000), { services });
    expect((await stalled).uploadOffset).toBe(20_000);
    expect((await next).uploadOffset).toBe(video.length);
  });
});

describe("when two send to one recording", () => {
  test("the second is told to wait while the first is at work, then that its offset is old", async () => {
    const { recordingId } = await scene.start(scene.ana);
    const { body, taken } = hangingBody(video.subarray(0, 2_000));
    const first = scene.append(recordingId, 0, body);
    await taken;
    const other = otherProcess(scene.services);
    const elsewhere = () =>
      scene.append(recordingId, 0, video.subarray(0, 3_000), { services: other });
    await expect(elsewhere()).rejects.toMatchObject({
      code: "upload_locked",
      retryAfterSeconds: 1,
    });
    await expect(scene.append(recordingId, 0, video)).rejects.toMatchObject({
      code: "upload_locked",
    });
    body.push(null);
    expect((await first).uploadOffset).toBe(2_000);
    await expect(elsewhere()).rejects.toMatchObject({ code: "offset_mismatch" });
  });

  test("of many at once exactly one is taken, whatever process they reach", async () => {
    const { recordingId } = await scene.start(scene.ana);
    const processes = Array.from({ length: 6 }, () => otherProcess(scene.services));
    const results = await Promise.allSettled(
      processes.map((services, i) =>
        scene.append(recordingId, 0, video.subarray(0, 1_000 + i), { services }),
      ),
    );
    const taken = results.filter((result) => result.status === "fulfilled");
    expect(taken).toHaveLength(1);
    expect((await get(recordingId)).uploadOffset).toBe(taken[0]?.value.uploadOffset);
  });

  test("one that slept through its claim does not overwrite its successor", async () => {
    const { recordingId } = await scene.start(scene.ana);
    const { body, taken } = hangingBody(video.subarray(0, 2_000));
    const sleeper = scene.append(recordingId, 0, body);
    await taken;
    await letTimePass(scene.services, recordingId);
    const services = otherProcess(scene.services);
    await scene.append(recordingId, 0, video, { services, uploadLength: video.length });
    body.push(null);
    await expect(sleeper).rejects.toMatchObject({ code: "offset_mismatch" });
    const facts = await decodeVideo(await storedBytes(scene.services, scene.ana, recordingId));
    expect(facts.frames).toEqual(whole.frames);
  });
});

describe("when a server is killed", () => {
  test("between making bytes durable and moving the offset, the same bytes sent again heal it", async () => {
    const { recordingId } = await scene.start(scene.ana);
    await scene.append(recordingId, 0, video.subarray(0, 10_000));
    const { store, died } = dyingAfterCommit(scene.services.store);
    const killed = { ...scene.services, store, appends: new AppendRegistry() };
    void scene.append(recordingId, 10_000, video.subarray(10_000, 90_000), { services: killed });
    await died;

    const services = otherProcess(scene.services);
    const again = () =>
      scene.append(recordingId, 10_000, video.subarray(10_000), {
        services,
        uploadLength: video.length,
      });
    await expect(again()).rejects.toMatchObject({ code: "upload_locked" });
    await letTimePass(scene.services, recordingId);
    await again();
    const facts = await decodeVideo(await storedBytes(scene.services, scene.ana, recordingId));
    expect(facts.frames).toEqual(whole.frames);
  });

  test("another goes on from the row alone", async () => {
    const { recordingId } = await scene.start(scene.ana);
    const step = 50_000;
    for (let offset = 0; offset < video.length; offset += step) {
      const services = otherProcess(scene.services);
      const piece = video.subarray(offset, offset + step);
      await scene.append(recordingId, offset, piece, { services, uploadLength: video.length });
    }
    const facts = await decodeVideo(await storedBytes(scene.services, scene.ana, recordingId));
    expect(facts.frames).toEqual(whole.frames);
  });

  test("after renaming the file and before saying so, sealing again finishes it", async () => {
    const { recordingId } = await scene.start(scene.ana);
    await scene.append(recordingId, 0, video);
    const killed = {
      ...scene.services,
      store: Object.assign(Object.create(scene.services.store) as RecordingStore, {
        seal: async (...args: Parameters<RecordingStore["seal"]>) => {
          await scene.services.store.seal(...args);
          throw new Error("killed");
        },
      }),
    };
    await expect(sealRecording(killed, { recordingId, by: null })).rejects.toThrow("killed");
    expect(await sealRecording(scene.services, { recordingId, by: null })).toBe("ready");
    const sealed = await storedBytes(scene.services, scene.ana, recordingId);
    expect((await get(recordingId)).sizeBytes).toBe(sealed.length);
    expect((await decodeVideo(sealed)).frames).toEqual(whole.frames);
  });
});

test("sealing twice gives the same bytes and the same row", async () => {
  const { recordingId } = await scene.start(scene.ana);
  await scene.append(recordingId, 0, video);
  await sealRecording(scene.services, { recordingId, by: null });
  const row = await get(recordingId);
  const bytes = await storedBytes(scene.services, scene.ana, recordingId);
  expect(await sealRecording(scene.services, { recordingId, by: null })).toBe("ready");
  expect(await get(recordingId)).toEqual(row);
  expect((await storedBytes(scene.services, scene.ana, recordingId)).equals(bytes)).toBe(true);
});

describe("what is no recording", () => {
  test("is refused at its first bytes, and the recording says why it failed", async () => {
    const { recordingId } = await scene.start(scene.ana);
    const page = Buffer.from("<!doctype html><title>Sign in</title>");
    await expect(scene.append(recordingId, 0, page)).rejects.toMatchObject({
      code: "unsupported_media_type",
    });
    expect(await get(recordingId)).toMatchObject({
      status: "failed",
      failReason: "unknown_format",
    });
  });

  test("ends a recording that began well, and what came before is kept", async () => {
    const { recordingId } = await scene.start(scene.ana);
    const cut = video.length - 20_000;
    await scene.append(recordingId, 0, video.subarray(0, cut));
    // Behind whatever block is under way there can be no element of this size.
    const damage = Buffer.alloc(1_000_000, 0);
    await expect(scene.append(recordingId, cut, damage)).rejects.toMatchObject({
      code: "unsupported_media_type",
    });
    expect(await get(recordingId)).toMatchObject({ status: "ready", uploadOffset: cut });
    const facts = await decodeVideo(await storedBytes(scene.services, scene.ana, recordingId));
    expect(facts.frames).toEqual(whole.frames.slice(0, facts.frames.length));
    expect(facts.frames.length).toBeGreaterThan(0);
  });
});

test("an empty body changes nothing, and only announces", async () => {
  const { recordingId } = await scene.start(scene.ana);
  await scene.append(recordingId, 0, video);
  expect((await scene.append(recordingId, video.length, Readable.from([]))).uploadOffset).toBe(
    video.length,
  );
  await scene.append(recordingId, video.length, Readable.from([]), { uploadLength: video.length });
  expect((await get(recordingId)).status).toBe("ready");
});

test("nobody adds to somebody else's recording, not even an administrator", async () => {
  const { recordingId } = await scene.start(scene.ana);
  for (const actor of [scene.bob, scene.admin]) {
    await expect(scene.append(recordingId, 0, video, { actor })).rejects.toMatchObject({
      code: "forbidden",
    });
  }
  expect((await get(recordingId)).uploadOffset).toBe(0);
});

test("a deleted recording takes nothing more, even from a request under way", async () => {
  const { recordingId } = await scene.start(scene.ana);
  const { body, taken } = hangingBody(video.subarray(0, 2_000));
  const appending = appendToRecording(otherProcess(scene.services), scene.ana, CLIENT, {
    recordingId,
    offset: 0,
    uploadLength: null,
    body,
  });
  await taken;
  await scene.services.db.recording.delete({ where: { id: recordingId } });
  body.push(null);
  await expect(appending).rejects.toMatchObject({ code: "not_found" });
  await expect(scene.append(recordingId, 2_000, video)).rejects.toMatchObject({
    code: "not_found",
  });
});
