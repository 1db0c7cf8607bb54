import { readdir, readlink } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GET as download } from "@/app/api/recordings/[id]/download/route";
import { GET as getPoster, PUT as putPoster } from "@/app/api/recordings/[id]/poster/route";
import { provideServices } from "@/lib/composition/services";
import { BODY_LENGTH_HEADER } from "@/lib/http/body-length";
import { captures } from "../support/captures";
import {
  auditedActions,
  createRecordingScene,
  type RecordingScene,
  storedBytes,
} from "../support/recording-scene";
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

/** Files of this process whose path has `part` in it. */
async function openFiles(part: string): Promise<string[]> {
  const descriptors = await readdir("/proc/self/fd");
  const paths = descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ""));
  return (await Promise.all(paths)).filter((path) => path.includes(part));
}

async function ready(owner = scene.ana): Promise<string> {
  const { recordingId } = await scene.start(owner);
  await scene.append(recordingId, 0, video, { actor: owner, uploadLength: video.length });
  return recordingId;
}

describe("the file", () => {
  let id: string;
  let bytes: Buffer;
  beforeAll(async () => {
    id = await ready();
    bytes = await storedBytes(scene.services, scene.ana, id);
  });

  test("is served whole, as what it is", async () => {
    const response = await ask("GET", download, { id });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "video/webm",
      [BODY_LENGTH_HEADER]: String(bytes.length),
      "content-disposition": "inline",
      "accept-ranges": "bytes",
      "cache-control": "private, no-cache",
      "x-content-type-options": "nosniff",
    });
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
  });

  test("is served in ranges, as long as it is the file the client knows", async () => {
    const etag = (await ask("HEAD", download, { id })).headers.get("etag") ?? "";
    const headers = { range: "bytes=1000-1999", "if-range": etag };
    const part = await ask("GET", download, { id, headers });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe(`bytes 1000-1999/${bytes.length}`);
    const served = Buffer.from(await part.arrayBuffer());
    expect(served.equals(bytes.subarray(1_000, 2_000))).toBe(true);
    const other = { range: "bytes=1000-1999", "if-range": '"other"' };
    const whole = await ask("GET", download, { id, headers: other });
    expect(whole.status).toBe(200);
    await whole.body?.cancel();
    const beyond = { range: `bytes=${bytes.length}-` };
    const refused = await ask("GET", download, { id, headers: beyond });
    expect(refused.headers.get("content-range")).toBe(`bytes */${bytes.length}`);
    expect(await problem(refused)).toBe("416 range_not_satisfiable");
  });

  test("is not sent again to who has it, and HEAD sends none of it", async () => {
    const head = await ask("HEAD", download, { id });
    expect([head.status, head.body]).toEqual([200, null]);
    expect(head.headers.get(BODY_LENGTH_HEADER)).toBe(String(bytes.length));
    const headers = { "if-none-match": head.headers.get("etag") ?? "" };
    const again = await ask("GET", download, { id, headers });
    expect([again.status, again.body]).toEqual([304, null]);
  });

  test("is saved under its name on request", async () => {
    const response = await ask("GET", download, { id, query: "?download=1" });
    await response.body?.cancel();
    expect(response.headers.get("content-disposition")).toMatch(
      /^attachment; filename="Desktop [\d-]+ [\d.]+\.webm"; filename\*=UTF-8''Desktop%20/,
    );
  });

  test("is let go when the client goes", async () => {
    const response = await ask("GET", download, { id });
    const reader = response.body!.getReader();
    await reader.read();
    expect(await openFiles(id)).toHaveLength(1);
    await reader.cancel();
    await expect.poll(() => openFiles(id)).toEqual([]);
  });

  test("is its user's and the administrators' only", async () => {
    expect(await problem(await ask("GET", download, { id, as: scene.bob }))).toBe("403 forbidden");
    expect(await problem(await ask("GET", download, { id, as: null }))).toBe("401 unauthenticated");
    const seen = await ask("GET", download, {
      id,
      as: scene.admin,
      headers: { range: "bytes=5-9" },
    });
    expect(seen.status).toBe(206);
    await seen.body?.cancel();
  });

  test("is not there before it is ready", async () => {
    const { recordingId } = await scene.start(scene.ana);
    expect(await problem(await ask("GET", download, { id: recordingId }))).toBe(
      "409 recording_not_ready",
    );
  });

  test("is noted once for each viewing, and for each download, not for each range", async () => {
    const watched = await ready();
    const ranges = ["bytes=0-", "bytes=70000-", "bytes=0-99", "bytes=-10"];
    for (const range of ranges) {
      const response = await ask("GET", download, { id: watched, headers: { range } });
      await response.body?.cancel();
    }
    await ask("HEAD", download, { id: watched });
    const saved = await ask("GET", download, {
      id: watched,
      query: "?download=1",
      as: scene.admin,
    });
    await saved.body?.cancel();
    expect((await auditedActions(scene.services, watched)).slice(-2)).toEqual([
      "ana recording.view -",
      "root recording.download -",
    ]);
  });

  test("is noted also for who leaves out the first byte, and for who has it from an earlier visit", async () => {
    const watched = await ready();
    for (const range of ["bytes=1-", "bytes=70000-"]) {
      const response = await ask("GET", download, {
        id: watched,
        as: scene.admin,
        headers: { range },
      });
      await response.body?.cancel();
    }
    const { headers } = await ask("HEAD", download, { id: watched });
    const kept = { "if-none-match": headers.get("etag") ?? "" };
    expect((await ask("GET", download, { id: watched, headers: kept })).status).toBe(304);
    expect((await auditedActions(scene.services, watched)).slice(-2)).toEqual([
      "root recording.view -",
      "ana recording.view -",
    ]);
  });
});

test("a poster is put by its owner and shown to who may see the recording", async () => {
  const id = await ready();
  const webp = Buffer.from("RIFF\x04\0\0\0WEBPVP8 ");
  const type = { "content-type": "image/webp" };
  const put = (more: Ask) => ask("PUT", putPoster, { id, headers: type, body: webp, ...more });
  expect(await problem(await put({ as: scene.admin }))).toBe("403 forbidden");
  expect(await problem(await put({ headers: {} }))).toBe("415 unsupported_media_type");
  expect(await problem(await put({ body: "<svg>" }))).toBe("415 unsupported_media_type");
  expect(await problem(await put({ body: new Uint8Array(256 * 1024 + 1) }))).toBe("413 too_large");
  expect(await problem(await ask("GET", getPoster, { id }))).toBe("404 not_found");
  expect((await put({})).status).toBe(204);
  const shown = await ask("GET", getPoster, { id, as: scene.admin });
  expect(shown.headers.get("content-type")).toBe("image/webp");
  expect(Buffer.from(await shown.arrayBuffer()).equals(webp)).toBe(true);
  expect(await problem(await ask("GET", getPoster, { id, as: scene.bob }))).toBe("403 forbidden");
});
