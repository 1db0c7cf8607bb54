import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { POST as upload } from "@/app/api/sessions/[id]/recording/upload/route";
import { provideServices } from "@/lib/composition/services";
import { getRecording } from "@/lib/recordings/get-recording";
import { sealRecording } from "@/lib/recordings/seal-recording";
import { captures } from "../support/captures";
import { deferred } from "../support/deferred";
import { longStream } from "../support/long-stream";
import { createBucket, hasRadosgw, s3Environment } from "../support/radosgw";
import {
  auditedActions,
  createRecordingScene,
  letTimePass,
  type RecordingScene,
  storedBytes,
} from "../support/recording-scene";
import { problem, type RouteClient, routeClient } from "../support/route-client";
import { decodeVideo } from "../support/video";

const BOUNDARY = "----a boundary";
const HEADERS = { "content-type": `multipart/form-data; boundary="${BOUNDARY}"` };
const MAX_MEBIBYTES = 20;
let scene: RecordingScene;
let video: Uint8Array;
/** In S3 it is of two whole parts and more before it can be refused. */
let long: Uint8Array;
let ask: RouteClient;
beforeAll(async () => {
  video = (await captures()).vp9.bytes;
  long = (await longStream(MAX_MEBIBYTES - 2)).bytes;
});

const get = (id: string) => getRecording(scene.services, scene.ana, id);

function field(name: string, value: string): string {
  return `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}
const FILE_BEGINS = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="a.webm"\r\ncontent-type: video/webm\r\n\r\n`;
const FORM_ENDS = `\r\n--${BOUNDARY}--\r\n`;

/** A form as a browser sends it. */
function form(recordingId: string, file: Uint8Array | string, extra = ""): Buffer {
  const before = field("recording_id", recordingId) + extra + FILE_BEGINS;
  return Buffer.concat([Buffer.from(before), Buffer.from(file), Buffer.from(FORM_ENDS)]);
}

/** All that the store holds of this recording, in whatever form, as `form size`. */
async function stored(recordingId: string): Promise<string[]> {
  const items: string[] = [];
  for await (const { form, name, sizeBytes } of scene.services.store.list()) {
    if (name.includes(recordingId)) items.push(`${form} ${sizeBytes}`);
  }
  return items;
}

function sealedForm(): void {
  test("is sealed like any other: a raw file of MediaRecorder becomes seekable", async () => {
    const { recordingId, sessionId } = await scene.start(scene.ana);
    const body = form(recordingId, video, field("duration", "4.2"));
    const response = await ask("POST", upload, { id: sessionId, headers: HEADERS, body });
    expect([response.status, await response.json()]).toEqual([200, { status: "ready" }]);
    const recording = await get(recordingId);
    expect(recording).toMatchObject({ status: "ready", truncated: false, interrupted: false });
    const bytes = await storedBytes(scene.services, scene.ana, recordingId);
    const [sealed, raw] = [await decodeVideo(bytes), await decodeVideo(video)];
    expect(sealed.frames).toEqual(raw.frames);
    expect(recording.sizeBytes).toBe(bytes.length);
    expect(await auditedActions(scene.services, recordingId)).toEqual([
      "ana recording.start 203.0.113.7",
      expect.stringMatching(/^ana recording\.upload /),
    ]);
  });
}

function takenAtMostOnce(): void {
  test("is taken also after its session ended and it was given up for lack of bytes", async () => {
    const { recordingId, sessionId } = await scene.start(scene.ana);
    await scene.services.db.session.update({
      where: { id: sessionId },
      data: { status: "ended", endedAt: new Date(), closeReason: "user" },
    });
    await letTimePass(scene.services, recordingId, 600_000);
    await sealRecording(scene.services, { recordingId, by: null });
    expect((await get(recordingId)).status).toBe("failed");
    const body = form(recordingId, video);
    const response = await ask("POST", upload, { id: sessionId, headers: HEADERS, body });
    expect(await response.json()).toEqual({ status: "ready" });
  });

  test("is refused when it is ready already, not one's own, or of another session", async () => {
    const { recordingId, sessionId } = await scene.start(scene.ana);
    const options = { id: sessionId, headers: HEADERS, body: form(recordingId, video) };
    await ask("POST", upload, options);
    expect(await problem(await ask("POST", upload, options))).toBe("409 recording_closed");
    const hers = await ask("POST", upload, { ...options, as: scene.bob });
    expect(await problem(hers)).toBe("403 forbidden");
    const other = await scene.start(scene.ana);
    const elsewhere = await ask("POST", upload, { ...options, id: other.sessionId });
    expect(await problem(elsewhere)).toBe("404 not_found");
  });

  test("is refused when pieces of it have arrived the other way, which stay as they are", async () => {
    const { recordingId, sessionId } = await scene.start(scene.ana);
    await scene.append(recordingId, 0, video.subarray(0, 9_000));
    const body = form(recordingId, video);
    const response = await ask("POST", upload, { id: sessionId, headers: HEADERS, body });
    expect(await problem(response)).toBe("409 conflict");
    expect((await get(recordingId)).uploadOffset).toBe(9_000);
  });

  test("is taken by one request at a time", async () => {
    const { recordingId, sessionId } = await scene.start(scene.ana);
    const options = { id: sessionId, headers: HEADERS, body: form(recordingId, video) };
    const answers = await Promise.all([ask("POST", upload, options), ask("POST", upload, options)]);
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses[0]).toBe(200);
    expect([409, 423]).toContain(statuses[1]);
    expect((await get(recordingId)).status).toBe("ready");
  });
}

/** Sends a body to a recording that has only begun; checks that a good one is taken afterwards. */
async function refused(
  bodyFor: (recordingId: string) => Uint8Array | ReadableStream<Uint8Array>,
  headers = HEADERS,
  answered: () => void = () => undefined,
): Promise<string> {
  const { recordingId, sessionId } = await scene.start(scene.ana);
  const before = await stored(recordingId);
  const body = bodyFor(recordingId);
  const response = await ask("POST", upload, { id: sessionId, headers, body });
  answered();
  const said = await problem(response);
  expect(await stored(recordingId)).toEqual(before);
  expect(await get(recordingId)).toMatchObject({ status: "recording", uploadOffset: 0 });
  const again = { id: sessionId, headers: HEADERS, body: form(recordingId, video) };
  expect(await (await ask("POST", upload, again)).json()).toEqual({ status: "ready" });
  expect(await stored(recordingId)).toEqual([expect.stringMatching(/^finished /)]);
  return said;
}

function halfTakenForms(): void {
  test("too large: said to a sender that would never end, and what it sends on is let go of", async () => {
    // A Void of 1 GiB, which is skipped wherever it stands (RFC 8794, section 11.3.2).
    const hugeVoid = Buffer.from("ec0100000040000000", "hex");
    const restTaken = deferred<null>();
    let isAnswered = false;
    const endless = (recordingId: string) => {
      const begin = form(recordingId, long).subarray(0, -FORM_ENDS.length);
      return new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(Buffer.concat([begin, hugeVoid])),
        async pull(controller) {
          await setImmediate();
          controller.enqueue(new Uint8Array(65_536));
          if (!isAnswered) return;
          controller.close();
          restTaken.resolve(null);
        },
      });
    };
    const answered = () => (isAnswered = true);
    expect(await refused(endless, HEADERS, answered)).toBe("413 too_large");
    await restTaken.promise;
  });

  test("broken off in the middle of the file", async () => {
    const half = (recordingId: string) => form(recordingId, long).subarray(0, -20_000);
    expect(await refused(half)).toBe("400 bad_request");
  });

  test("a connection that goes away", async () => {
    const gone = (recordingId: string) =>
      new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(form(recordingId, long).subarray(0, -20_000)),
        // Once all of that was taken.
        pull: (controller) => controller.error(new Error("the connection is gone")),
      });
    expect(await refused(gone)).toBe("400 bad_request");
  });

  test("no recording at all", async () => {
    expect(await refused((id) => form(id, "<!doctype html>"))).toBe("415 unsupported_media_type");
    expect(await refused((id) => form(id, ""))).toBe("415 unsupported_media_type");
    expect(await refused((id) => form(id, video.subarray(0, 150)))).toBe(
      "415 unsupported_media_type",
    );
  });
}

function malformedForms(): void {
  test("no form, no file, or no id before the file", async () => {
    const json = { "content-type": "application/json" };
    expect(await refused(() => Buffer.from("{}"), json)).toBe("400 bad_request");
    expect(await refused(() => Buffer.from("garbage"))).toBe("400 bad_request");
    const noFile = (id: string) => Buffer.from(field("recording_id", id) + `--${BOUNDARY}--\r\n`);
    expect(await refused(noFile)).toBe("400 bad_request");
    const noId = () => Buffer.concat([Buffer.from(FILE_BEGINS), video, Buffer.from(FORM_ENDS)]);
    expect(await refused(noId)).toBe("400 bad_request");
    const badDuration = (id: string) => form(id, video, field("duration", "long"));
    expect(await refused(badDuration)).toBe("400 bad_request");
  });
}

const REFUSED = "a form that cannot be taken leaves nothing, and the recording as it was";

function onStorage(settings: () => Promise<Record<string, string>>): void {
  beforeAll(async () => {
    const limit = { SORTIE_RECORDING_MAX_SIZE_MB: String(MAX_MEBIBYTES) };
    scene = await createRecordingScene({ ...limit, ...(await settings()) });
    provideServices(scene.services);
    ask = routeClient(scene.services, scene.ana);
  });
  afterAll(() => scene.close());
  describe("a whole recording in one form", sealedForm);
  describe(REFUSED, halfTakenForms);
}

describe("on a local disk", () => {
  onStorage(() => Promise.resolve({}));
  describe("a whole recording in one form", takenAtMostOnce);
  describe(REFUSED, malformedForms);
});

describe.skipIf(!hasRadosgw())("on S3", () => {
  onStorage(async () => s3Environment(await createBucket()));
});
