import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GET as listAll } from "@/app/api/admin/recordings/route";
import { GET as download } from "@/app/api/recordings/[id]/download/route";
import { DELETE, GET, PATCH } from "@/app/api/recordings/[id]/route";
import * as upload from "@/app/api/recordings/[id]/upload/route";
import { GET as list } from "@/app/api/recordings/route";
import { POST as start } from "@/app/api/sessions/[id]/recording/start/route";
import { POST as uploadForm } from "@/app/api/sessions/[id]/recording/upload/route";
import { POST as stop } from "@/app/api/sessions/[id]/recording/stop/route";
import { provideServices } from "@/lib/composition/services";
import type { Prisma } from "@/lib/db/database";
import { placeHold } from "@/lib/holds/place-hold";
import { getRecording } from "@/lib/recordings/get-recording";
import {
  type RecordingJson,
  recordingSchema,
  type StartedRecordingJson,
} from "@/lib/recordings/recording-schema";
import { captures } from "../support/captures";
import { CLIENT, createRecordingScene, type RecordingScene } from "../support/recording-scene";
import { type Ask, problem, type RouteClient, routeClient } from "../support/route-client";

let scene: RecordingScene;
let video: Uint8Array;
let ask: RouteClient;
beforeAll(async () => {
  scene = await createRecordingScene();
  provideServices(scene.services);
  ask = routeClient(scene.services, scene.ana);
  video = (await captures()).vp9.bytes;
});
afterAll(() => scene.close());

const TUS = { "tus-resumable": "1.0.0" };
const patch = (id: string, offset: number, body: Uint8Array, more: Ask = {}) =>
  ask("PATCH", upload.PATCH, {
    ...more,
    id,
    body,
    headers: {
      ...TUS,
      "content-type": "application/offset+octet-stream",
      "upload-offset": String(offset),
      ...more.headers,
    },
  });

test("a recording is started, sent, stopped, looked at, described and deleted over the API", async () => {
  const sessionId = await scene.newSession(scene.ana);
  const started = await ask("POST", start, { id: sessionId, body: "{}" });
  expect(started.status).toBe(201);
  const { recording_id: id, upload_url: uploadUrl } =
    await (started.json() as Promise<StartedRecordingJson>);
  expect(uploadUrl).toBe(`/api/recordings/${id}/upload`);

  const sent = await patch(id, 0, video);
  expect([sent.status, sent.headers.get("upload-offset")]).toEqual([204, String(video.length)]);
  const body = JSON.stringify({ recording_id: id, upload_length: video.length });
  expect(await (await ask("POST", stop, { id: sessionId, body })).json()).toEqual({
    status: "ready",
  });

  const described = { id, body: JSON.stringify({ description: "  The crash  " }) };
  expect(((await (await ask("PATCH", PATCH, described)).json()) as RecordingJson).description).toBe(
    "The crash",
  );
  const shown = recordingSchema.strict().parse(await (await ask("GET", GET, { id })).json());
  expect(shown).toMatchObject({ status: "ready", description: "The crash", fail_message: null });

  expect((await ask("DELETE", DELETE, { id })).status).toBe(204);
  expect(await problem(await ask("GET", GET, { id }))).toBe("404 not_found");
});

describe("the upload address speaks tus 1.0.0", () => {
  test("says what it can", async () => {
    const { status, headers } = await ask("OPTIONS", upload.OPTIONS);
    expect(status).toBe(204);
    expect(Object.fromEntries(headers)).toMatchObject({
      "tus-resumable": "1.0.0",
      "tus-version": "1.0.0",
      "tus-extension": "creation,creation-defer-length,termination",
      "tus-max-size": String(500 * 1024 * 1024),
    });
  });

  test("tells the offset, and the length once it is known, to be cached by nobody", async () => {
    const { recordingId: id } = await scene.start(scene.ana);
    await patch(id, 0, video.subarray(0, 700));
    const open = await ask("HEAD", upload.HEAD, { id, headers: TUS });
    expect(Object.fromEntries(open.headers)).toEqual({
      "cache-control": "no-store",
      "tus-resumable": "1.0.0",
      "upload-defer-length": "1",
      "upload-offset": "700",
    });
    await patch(id, 700, video.subarray(700), { headers: { "upload-length": `${video.length}` } });
    const { headers } = await ask("HEAD", upload.HEAD, { id, headers: TUS });
    expect(headers.get("upload-length")).toBe(headers.get("upload-offset"));
    expect(headers.has("upload-defer-length")).toBe(false);
  });

  test.each<[string, Record<string, string>, string]>([
    ["another version", { "tus-resumable": "0.2.2" }, "412 precondition_failed"],
    ["another content type", { "content-type": "video/webm" }, "415 unsupported_media_type"],
    ["an offset that is no number", { "upload-offset": "-1" }, "400 bad_request"],
    ["a length that is no number", { "upload-length": "much" }, "400 bad_request"],
    ["an offset that is not the server's", { "upload-offset": "5" }, "409 offset_mismatch"],
  ])("refuses %s", async (_, headers, answer) => {
    const { recordingId: id } = await scene.start(scene.ana);
    const response = await patch(id, 0, video, { headers });
    expect(response.headers.get("tus-resumable")).toBe("1.0.0");
    expect(await problem(response)).toBe(answer);
    const { headers: after } = await ask("HEAD", upload.HEAD, { id, headers: TUS });
    expect(after.get("upload-offset")).toBe("0");
  });

  test("names the version it knows, and the offset it has, where it refuses", async () => {
    const { recordingId: id } = await scene.start(scene.ana);
    const version = await patch(id, 0, video, { headers: { "tus-resumable": "2.0.0" } });
    expect(version.headers.get("tus-version")).toBe("1.0.0");
    expect((await patch(id, 9, video)).headers.get("upload-offset")).toBe("0");
  });

  test("gives an upload up on request", async () => {
    const { recordingId: id } = await scene.start(scene.ana);
    expect((await ask("DELETE", upload.DELETE, { id, headers: TUS })).status).toBe(204);
    expect((await ask("HEAD", upload.HEAD, { id, headers: TUS })).status).toBe(404);
  });
});

describe("who adds to a recording or gives it up is told how it stands", () => {
  const boundary = "----a boundary";
  const form = (id: string) => {
    const part = (name: string) =>
      `--${boundary}\r\ncontent-disposition: form-data; name="${name}"`;
    const before = `${part("recording_id")}\r\n\r\n${id}\r\n${part("file")}; filename="a.webm"\r\ncontent-type: video/webm\r\n\r\n`;
    return Buffer.concat([Buffer.from(before), video, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  };
  const answerOf = async (asked: Promise<Response>) => {
    const response = await asked;
    return response.ok || response.body === null ? String(response.status) : problem(response);
  };
  /** Asks for everything but what would change it. */
  const answers = async ({ recordingId: id, sessionId }: Started, sentBytes: number) => ({
    HEAD: (await ask("HEAD", upload.HEAD, { id, headers: TUS })).status,
    PATCH: await answerOf(patch(id, sentBytes, new Uint8Array(0))),
    POST: await answerOf(
      ask("POST", uploadForm, {
        ...{ id: sessionId, body: form(id) },
        headers: { "content-type": `multipart/form-data; boundary="${boundary}"` },
      }),
    ),
  });
  const givenUp = ({ recordingId: id }: Started) =>
    answerOf(ask("DELETE", upload.DELETE, { id, headers: TUS }));
  type Started = Awaited<ReturnType<RecordingScene["start"]>>;
  const CUT = 9_000;
  const begun = async () => {
    const started = await scene.start(scene.ana);
    await patch(started.recordingId, 0, video.subarray(0, CUT));
    return started;
  };
  const change = ({ recordingId: id }: Started, data: Prisma.RecordingUpdateInput) =>
    scene.services.db.recording.update({ where: { id }, data, select: { id: true } });

  test("while it is recorded, in pieces", async () => {
    const started = await begun();
    const expected = { HEAD: 200, PATCH: "204", POST: "409 conflict" };
    expect(await answers(started, CUT)).toEqual(expected);
    expect(await givenUp(started)).toBe("204");
  });

  test("while another request or a seal is at it, which does not take long: 423", async () => {
    const started = await begun();
    const appendExpiresAt = new Date(Date.now() + 30_000);
    await change(started, { appendToken: randomUUID(), appendExpiresAt });
    const busy = await patch(started.recordingId, CUT, new Uint8Array(0));
    expect([busy.headers.get("retry-after"), await problem(busy)]).toEqual([
      "1",
      "423 upload_locked",
    ]);
    const untouched = await scene.start(scene.ana);
    await change(untouched, { appendToken: randomUUID(), appendExpiresAt });
    const locked = "423 upload_locked";
    expect(await answers(untouched, 0)).toEqual({ HEAD: 200, PATCH: locked, POST: locked });
  });

  test("when it is ready: 409, and it stays", async () => {
    const started = await scene.start(scene.ana);
    const headers = { "upload-length": String(video.length) };
    await patch(started.recordingId, 0, video, { headers });
    const closed = "409 recording_closed";
    const expected = { HEAD: 200, PATCH: closed, POST: closed };
    expect(await answers(started, video.length)).toEqual(expected);
    expect(await givenUp(started)).toBe(closed);
  });

  test("when it failed: 409, and it may be given up", async () => {
    const started = await begun();
    const over = { stoppedAt: new Date(), completedAt: new Date() };
    await change(started, { status: "failed", failReason: "seal_failed", ...over });
    const closed = "409 recording_closed";
    const expected = { HEAD: 200, PATCH: closed, POST: closed };
    expect(await answers(started, CUT)).toEqual(expected);
    expect(await givenUp(started)).toBe("204");
  });

  test("under legal hold: it goes on, and is not given up", async () => {
    const started = await begun();
    const { ana, admin } = scene;
    const target = { target_type: "recording", target_id: started.recordingId } as const;
    const by = { actor: admin, client: CLIENT };
    await placeHold(scene.services, by, { ...target, reason: "case 7" });
    const expected = { HEAD: 200, PATCH: "204", POST: "409 conflict" };
    expect(await answers(started, CUT)).toEqual(expected);
    expect(await givenUp(started)).toBe("409 held");
    expect((await getRecording(scene.services, ana, started.recordingId)).isHeld).toBe(true);
  });

  test("when its deletion has begun, and when it is over: 404", async () => {
    const started = await begun();
    await change(started, { deletionCause: "person" });
    const gone = "404 not_found";
    const expected = { HEAD: 404, PATCH: gone, POST: gone };
    expect(await answers(started, CUT)).toEqual(expected);
    expect(await givenUp(started)).toBe("204");
    expect(await answers(started, CUT)).toEqual(expected);
    expect(await givenUp(started)).toBe(gone);
  });
});

test("while recording is switched off none of this exists", async () => {
  const { recording } = scene.services.config;
  const config = { ...scene.services.config, recording: { ...recording, enabled: false } };
  provideServices({ ...scene.services, config });
  try {
    const { recordingId: id, sessionId } = await scene.start(scene.ana);
    const answers = await Promise.all([
      ask("GET", list),
      ask("GET", listAll, { as: scene.admin }),
      ask("GET", GET, { id }),
      ask("GET", download, { id }),
      ask("POST", start, { id: sessionId, body: "{}" }),
      ask("HEAD", upload.HEAD, { id, headers: TUS }),
      ask("GET", list, { as: null }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
  } finally {
    provideServices(scene.services);
  }
});
