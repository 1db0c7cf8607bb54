import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deleteRecording, terminateUpload } from "@/lib/recordings/delete-recording";
import { describeRecording } from "@/lib/recordings/describe-recording";
import { getRecording } from "@/lib/recordings/get-recording";
import { putPoster } from "@/lib/recordings/poster";
import { startRecording } from "@/lib/recordings/start-recording";
import { stopRecording } from "@/lib/recordings/stop-recording";
import type { RecordingStore } from "@/lib/storage/recording-store";
import { captures } from "../support/captures";
import {
  auditedActions,
  CLIENT,
  createRecordingScene,
  hangingBody,
  letTimePass,
  type RecordingScene,
} from "../support/recording-scene";

let scene: RecordingScene;
let video: Uint8Array;
beforeAll(async () => {
  scene = await createRecordingScene({ SORTIE_RECORDING_MAX_SIZE_MB: "1" });
  video = (await captures()).vp9.bytes;
});
afterAll(() => scene.close());

const get = (id: string) => getRecording(scene.services, scene.ana, id);
const start = (sessionId: string, actor = scene.ana) =>
  startRecording(scene.services, actor, CLIENT, { sessionId, description: "why not" });
const stop = (sessionId: string, recordingId: string, more: { uploadLength?: number } = {}) =>
  stopRecording(scene.services, scene.ana, CLIENT, {
    sessionId,
    recordingId,
    uploadLength: more.uploadLength,
    description: undefined,
  });
const actionsOn = (recordingId: string) => auditedActions(scene.services, recordingId);

describe("starting", () => {
  test("makes a live recording with a name, words and a place of its own", async () => {
    const { recordingId } = await start(await scene.newSession(scene.ana));
    expect(await get(recordingId)).toMatchObject({
      status: "recording",
      description: "why not",
      filename: expect.stringMatching(/^Desktop \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.webm$/) as string,
      appName: "Desktop",
      username: "ana",
      uploadOffset: 0,
      durationMs: null,
    });
    expect(await actionsOn(recordingId)).toEqual(["ana recording.start 203.0.113.7"]);
  });

  test("needs a session that exists, is one's own and runs", async () => {
    const missing = "00000000-0000-4000-8000-000000000000";
    await expect(start(missing)).rejects.toMatchObject({ code: "not_found" });
    const sessionId = await scene.newSession(scene.ana);
    for (const actor of [scene.bob, scene.admin]) {
      await expect(start(sessionId, actor)).rejects.toMatchObject({ code: "forbidden" });
    }
    const ended = { status: "ended", endedAt: new Date(), closeReason: "user" } as const;
    await scene.services.db.session.update({ where: { id: sessionId }, data: ended });
    await expect(start(sessionId)).rejects.toMatchObject({ code: "session_not_running" });
  });

  test("twice at once in one session leaves one live recording", async () => {
    const sessionId = await scene.newSession(scene.ana);
    const results = await Promise.allSettled([start(sessionId), start(sessionId)]);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(results.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { code: "conflict" },
    });
  });

  test("takes the place of one that has gone silent, whose sender may still finish", async () => {
    const { recordingId, sessionId } = await scene.start(scene.ana);
    await scene.append(recordingId, 0, video.subarray(0, 50_000));
    await expect(start(sessionId)).rejects.toMatchObject({ code: "conflict" });
    await letTimePass(scene.services, recordingId, 20_000);
    const next = await start(sessionId);
    expect((await get(recordingId)).status).toBe("uploading");
    expect((await get(next.recordingId)).status).toBe("recording");
    const rest = video.subarray(50_000);
    await scene.append(recordingId, 50_000, rest, { uploadLength: video.length });
    expect((await get(recordingId)).status).toBe("ready");
  });
});

describe("stopping", () => {
  test("waits for the rest, may be repeated, and never moves a finished recording back", async () => {
    const { recordingId, sessionId } = await scene.start(scene.ana);
    await scene.append(recordingId, 0, video.subarray(0, 9_000));
    expect(await stop(sessionId, recordingId)).toBe("uploading");
    expect(await stop(sessionId, recordingId, { uploadLength: video.length })).toBe("uploading");
    await scene.append(recordingId, 9_000, video.subarray(9_000));
    expect(await stop(sessionId, recordingId)).toBe("ready");
    expect(await stop(sessionId, recordingId, { uploadLength: 1 })).toBe("ready");
    expect(await actionsOn(recordingId)).toEqual([
      "ana recording.start 203.0.113.7",
      "ana recording.stop 203.0.113.7",
      "ana recording.upload 203.0.113.7",
    ]);
  });

  test("while the last bytes are on their way leaves the finishing to them", async () => {
    const { recordingId, sessionId } = await scene.start(scene.ana);
    const { body, taken } = hangingBody(video);
    const appending = scene.append(recordingId, 0, body);
    await taken;
    expect(await stop(sessionId, recordingId, { uploadLength: video.length })).toBe("uploading");
    body.push(null);
    await appending;
    expect((await get(recordingId)).status).toBe("ready");
  });

  test("refuses a length that is shorter than what arrived", async () => {
    const { recordingId, sessionId } = await scene.start(scene.ana);
    await scene.append(recordingId, 0, video.subarray(0, 9_000));
    await expect(stop(sessionId, recordingId, { uploadLength: 8_999 })).rejects.toMatchObject({
      code: "bad_request",
    });
  });

  test("without a single picture fails with the reason", async () => {
    const { recordingId, sessionId } = await scene.start(scene.ana);
    expect(await stop(sessionId, recordingId, { uploadLength: 0 })).toBe("failed");
    expect((await get(recordingId)).failReason).toBe("nothing_captured");
  });

  test("works only through the recording's own session and user", async () => {
    const { recordingId, sessionId } = await scene.start(scene.ana);
    const elsewhere = await scene.newSession(scene.ana);
    await expect(stop(elsewhere, recordingId)).rejects.toMatchObject({ code: "not_found" });
    const input = { sessionId, recordingId, uploadLength: undefined, description: undefined };
    await expect(stopRecording(scene.services, scene.bob, CLIENT, input)).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

test("a recording that reaches the limit ends there, and is kept and marked", async () => {
  const { recordingId } = await scene.start(scene.ana);
  const limit = 1024 * 1024;
  // One recording after another is a valid stream for our purpose: more Clusters.
  const endless = Readable.from(
    (function* () {
      yield video;
      for (;;) yield video.subarray(video.indexOf(0x1f));
    })(),
  );
  await expect(scene.append(recordingId, 0, endless)).rejects.toMatchObject({
    code: "too_large",
    headers: { "Upload-Offset": String(limit) },
  });
  const recording = await get(recordingId);
  expect(recording).toMatchObject({ status: "ready", truncated: true, uploadOffset: limit });
  expect(recording.uploadLength).toBe(limit);
});

test("a recording of exactly the limit is not truncated", async () => {
  const { recordingId } = await scene.start(scene.ana);
  const limit = 1024 * 1024;
  // Padded with an element that means nothing (Void) up to the last byte.
  const padded = Buffer.alloc(limit);
  padded.set(video);
  padded.set([0xec, 0x08], video.length);
  padded.writeUInt32BE(limit - video.length - 6, video.length + 2);
  await scene.append(recordingId, 0, padded, { uploadLength: limit });
  expect(await get(recordingId)).toMatchObject({ status: "ready", truncated: false });
});

describe("deleting", () => {
  const WEBP = Buffer.from("RIFF\x04\0\0\0WEBPVP8 ");

  test("takes the bytes, the poster and the row, and says who did", async () => {
    const { recordingId } = await scene.start(scene.ana);
    await scene.append(recordingId, 0, video, { uploadLength: video.length });
    await putPoster(scene.services, scene.ana, recordingId, WEBP);
    const { storageKey } = await get(recordingId);
    await expect(
      deleteRecording(scene.services, scene.bob, CLIENT, recordingId),
    ).rejects.toMatchObject({ code: "forbidden" });
    await deleteRecording(scene.services, scene.admin, CLIENT, recordingId);
    await expect(get(recordingId)).rejects.toMatchObject({ code: "not_found" });
    for (const key of [storageKey, `${storageKey}.poster.webp`]) {
      expect(await scene.services.store.stat(key)).toBeNull();
    }
    expect(await actionsOn(recordingId)).toContain("root recording.delete 203.0.113.7");
  });

  test("leaves nothing of a poster that arrives while the bytes are going", async () => {
    const { recordingId } = await scene.start(scene.ana);
    const { storageKey } = await get(recordingId);
    const store = Object.create(scene.services.store) as RecordingStore;
    let isPut = false;
    store.delete = async (key) => {
      await scene.services.store.delete(key);
      if (isPut || key === storageKey) return;
      isPut = true;
      const late = putPoster(scene.services, scene.ana, recordingId, WEBP);
      await expect(late).rejects.toMatchObject({ code: "not_found" });
    };
    await deleteRecording({ ...scene.services, store }, scene.ana, CLIENT, recordingId);
    expect(isPut).toBe(true);
    expect(await scene.services.store.stat(`${storageKey}.poster.webp`)).toBeNull();
  });

  test("ends a request that is adding to it", async () => {
    const { recordingId } = await scene.start(scene.ana);
    const { body, taken } = hangingBody(video);
    const appending = scene.append(recordingId, 0, body);
    await taken;
    await deleteRecording(scene.services, scene.ana, CLIENT, recordingId);
    await appending;
    expect(body.destroyed).toBe(true);
    await expect(get(recordingId)).rejects.toMatchObject({ code: "not_found" });
  });

  test("of an upload spares a recording that is finished", async () => {
    const { recordingId } = await scene.start(scene.ana);
    await scene.append(recordingId, 0, video, { uploadLength: video.length });
    await expect(
      terminateUpload(scene.services, scene.ana, CLIENT, recordingId),
    ).rejects.toMatchObject({ code: "recording_closed" });
    const live = await scene.start(scene.ana);
    await terminateUpload(scene.services, scene.ana, CLIENT, live.recordingId);
    await expect(get(live.recordingId)).rejects.toMatchObject({ code: "not_found" });
  });
});

test("only its owner writes a recording's description", async () => {
  const { recordingId } = await scene.start(scene.ana);
  const input = { recordingId, description: "Reproduces the crash" };
  for (const actor of [scene.bob, scene.admin]) {
    await expect(describeRecording(scene.services, actor, CLIENT, input)).rejects.toMatchObject({
      code: "forbidden",
    });
  }
  await describeRecording(scene.services, scene.ana, CLIENT, input);
  expect((await get(recordingId)).description).toBe("Reproduces the crash");
});
