import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getRecording } from "@/lib/recordings/get-recording";
import { sealRecording } from "@/lib/recordings/seal-recording";
import { mp4Captures } from "../support/captures";
import {
  createRecordingScene,
  otherProcess,
  type RecordingScene,
  storedBytes,
} from "../support/recording-scene";
import { decodeVideo } from "../support/video";

let scene: RecordingScene;
let bytes: Uint8Array;
beforeAll(async () => {
  scene = await createRecordingScene();
  bytes = (await mp4Captures()).avc.bytes;
});
afterAll(() => scene.close());

const get = (id: string) => getRecording(scene.services, scene.ana, id);

describe("a recording in MP4", () => {
  test("sent in pieces by turns to two processes becomes a whole file of its own kind", async () => {
    const { recordingId } = await scene.start(scene.ana);
    const processes = [scene.services, otherProcess(scene.services)];
    // The first piece ends within the first box, others within fragments.
    const cuts = [0, 5, 900, 60_001, 130_000, bytes.length];
    for (const [i, to] of cuts.slice(1).entries()) {
      const from = cuts[i] ?? 0;
      const services = processes[i % 2] ?? scene.services;
      await scene.append(recordingId, from, bytes.subarray(from, to), { services });
      expect(await get(recordingId)).toMatchObject({
        format: "mp4",
        filename: expect.stringMatching(/^Desktop .*\.mp4$/) as string,
        uploadOffset: to,
      });
    }
    const uploadLength = bytes.length;
    await scene.append(recordingId, uploadLength, Readable.from([]), { uploadLength });

    const stored = await storedBytes(scene.services, scene.ana, recordingId);
    const video = await decodeVideo(stored);
    expect(video.frames).toEqual((await decodeVideo(bytes)).frames);
    const { codec, durationMs, ...row } = await get(recordingId);
    expect(row).toMatchObject({ status: "ready", width: 640, height: 360, interrupted: false });
    expect(codec).toMatch(/^avc1\./);
    expect(durationMs).toBeCloseTo(video.durationSeconds * 1_000, -1);
  });

  test("whose sender went away is sealed up to its last whole fragment, and goes on when it is back", async () => {
    const { recordingId } = await scene.start(scene.ana);
    const cut = Math.floor(bytes.length / 2);
    await scene.append(recordingId, 0, bytes.subarray(0, cut));
    await sealRecording(scene.services, { recordingId, by: null });
    const whole = (await decodeVideo(bytes)).frames;
    const half = await decodeVideo(await storedBytes(scene.services, scene.ana, recordingId));
    expect(await get(recordingId)).toMatchObject({ status: "ready", interrupted: true });
    expect(half.frames.length).toBeGreaterThan(0);
    expect(half.frames).toEqual(whole.slice(0, half.frames.length));

    const uploadLength = bytes.length;
    await scene.append(recordingId, cut, bytes.subarray(cut), { uploadLength });
    expect(await get(recordingId)).toMatchObject({ status: "ready", recovered: true });
    const sealed = await storedBytes(scene.services, scene.ana, recordingId);
    expect((await decodeVideo(sealed)).frames).toEqual(whole);
  });
});
