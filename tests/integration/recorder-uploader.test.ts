import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileStore } from "@tus/file-store";
import { Server as TusServer } from "@tus/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Clock } from "@/lib/recorder/clock";
import type { Link } from "@/lib/recorder/recorder-state";
import { type UploadPace, UPLOAD_PACE, Uploader } from "@/lib/recorder/uploader";
import { type ReceivedRecording, RecordingEndpoint } from "@/tests/support/recording-endpoint";

const KIBIBYTE = 1024;

const clock: Clock = {
  now: () => performance.now(),
  every: (intervalMs, callback) => {
    const timer = setInterval(callback, intervalMs);
    return () => clearInterval(timer);
  },
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The same behaviour in a hurry. */
const HURRIED: UploadPace = {
  gatherMs: 20,
  gatherBytes: 64 * KIBIBYTE,
  maxRequestBytes: 256 * KIBIBYTE,
  stallTimeoutMs: 200,
  backoff: () => 5,
};

let endpoint: RecordingEndpoint;
let recording: ReceivedRecording;
let server: Server;
let baseUrl: string;
let links: Link[];
let acknowledged: number[];

beforeEach(async () => {
  endpoint = new RecordingEndpoint();
  recording = endpoint.create();
  [server, baseUrl] = await listen((request, response) => void endpoint.handle(request, response));
  links = [];
  acknowledged = [];
});

afterEach(async () => {
  await close(server);
});

describe("sending a recording", () => {
  it("gathers small chunks and sends them in one request", async () => {
    const spool = randomBytes(3_000);
    const sending = send(spool);
    for (const bytes of [1_000, 2_000, 3_000]) sending.grow(bytes);
    await until(() => acknowledged.at(-1) === 3_000);
    sending.finish(3_000);
    expect(await sending.outcome).toEqual({ kind: "complete" });
    expectReceived(spool);
    expect(sizes()).toEqual([3_000, 0]);
  });

  it("does not wait for more once a mebibyte has gathered, and never sends more than four at once", async () => {
    const spool = randomBytes(9 * KIBIBYTE * KIBIBYTE);
    const sending = send(spool, { ...UPLOAD_PACE, gatherMs: 3_600_000 });
    sending.grow(KIBIBYTE * KIBIBYTE - 1);
    sending.grow(KIBIBYTE * KIBIBYTE);
    await until(() => acknowledged.at(-1) === KIBIBYTE * KIBIBYTE);
    sending.finish(spool.byteLength);
    await sending.outcome;
    const mebibytes = sizes().map((size) => size / KIBIBYTE / KIBIBYTE);
    expect(mebibytes).toEqual([1, 4, 4]);
    expectReceived(spool);
  });

  it("announces the length with the last bytes, so that the server can seal at once", async () => {
    const spool = randomBytes(700 * KIBIBYTE);
    const sending = send(spool);
    sending.finish(spool.byteLength);
    await sending.outcome;
    expect(recording).toMatchObject({ status: "ready", length: spool.byteLength });
    expect(sizes().map((size) => size / KIBIBYTE)).toEqual([256, 256, 188]);
  });

  it("goes on from what the server kept when a request is cut in the middle", async () => {
    endpoint.uploadFaults.push({ kind: "cut", keptBytes: 1_234 });
    const spool = randomBytes(100 * KIBIBYTE);
    const sending = send(spool);
    sending.finish(spool.byteLength);
    expect(await sending.outcome).toEqual({ kind: "complete" });
    expectReceived(spool);
    expect(methods()).toEqual(["PATCH", "HEAD", "PATCH"]);
    expect(links.map((link) => link.state)).toEqual(["retrying", "online"]);
  });

  it("asks for the offset when the server has another one", async () => {
    const spool = randomBytes(5_000);
    endpoint.uploadFaults.push({ kind: "answer", status: 409, code: "offset_mismatch" });
    const sending = send(spool);
    sending.finish(spool.byteLength);
    expect(await sending.outcome).toEqual({ kind: "complete" });
    expectReceived(spool);
  });

  it("gives up a request that nobody answers and tries again", async () => {
    endpoint.uploadFaults.push({ kind: "hang" });
    const spool = randomBytes(5_000);
    const sending = send(spool);
    sending.finish(spool.byteLength);
    expect(await sending.outcome).toEqual({ kind: "complete" });
    expectReceived(spool);
  });

  it("makes smaller requests after one that took too long", async () => {
    endpoint.uploadFaults.push({ kind: "hang" });
    const spool = randomBytes(256 * KIBIBYTE);
    const sending = send(spool);
    sending.finish(spool.byteLength);
    await sending.outcome;
    expect(sizes().map((size) => size / KIBIBYTE)).toEqual([256, 128, 128]);
  });

  it("waits as long as a busy server asks", async () => {
    endpoint.uploadFaults.push({ kind: "answer", status: 423, headers: { "Retry-After": "1" } });
    const startedAt = Date.now();
    const spool = randomBytes(10);
    const sending = send(spool);
    sending.finish(spool.byteLength);
    await until(() => links.length > 0);
    const [link] = links;
    expect(link?.state === "retrying" && link.nextAttemptAt - startedAt).toBeGreaterThanOrEqual(
      1_000,
    );
    sending.wake();
    expect(await sending.outcome).toEqual({ kind: "complete" });
  });

  it("keeps trying while the server is away and sends all when it is back", async () => {
    endpoint.isUp = false;
    const spool = randomBytes(200 * KIBIBYTE);
    const sending = send(spool);
    sending.grow(100 * KIBIBYTE);
    await until(() => links.filter((link) => link.state === "retrying").length >= 5);
    sending.finish(spool.byteLength);
    endpoint.isUp = true;
    expect(await sending.outcome).toEqual({ kind: "complete" });
    expectReceived(spool);
    expect(links.at(-1)).toEqual({ state: "online" });
  });

  it("says that the user is signed out, keeps the bytes and sends them after the next sign-in", async () => {
    endpoint.isSignedOut = true;
    const spool = randomBytes(5_000);
    const sending = send(spool);
    sending.finish(spool.byteLength);
    await until(() => links.length > 1);
    expect(links.at(-1)).toMatchObject({ state: "blocked", reason: /signed out/ });
    endpoint.isSignedOut = false;
    expect(await sending.outcome).toEqual({ kind: "complete" });
    expectReceived(spool);
  });

  it("says that the server is full and goes on when there is room again", async () => {
    endpoint.uploadFaults.push({ kind: "answer", status: 507 });
    const sending = send(randomBytes(10));
    sending.finish(10);
    expect(await sending.outcome).toEqual({ kind: "complete" });
    expect(links).toMatchObject([{ state: "blocked", reason: /no room/ }, { state: "online" }]);
  });

  it.each([
    [403, /not allowed|no longer allowed/],
    [404, /deleted/],
    [410, /deleted/],
    [400, /did not accept/],
  ])("ends with a sentence when the server answers %i", async (status, sentence) => {
    endpoint.uploadFaults.push({ kind: "answer", status });
    const sending = send(randomBytes(10));
    sending.finish(10);
    const outcome = await sending.outcome;
    expect(outcome).toMatchObject({ kind: "refused", reason: sentence });
  });

  it("fills the server up to the limit to the byte, then ends", async () => {
    endpoint.limitBytes = 300_000;
    const spool = randomBytes(400_000);
    const sending = send(spool, HURRIED, 300_000);
    sending.grow(spool.byteLength);
    expect(await sending.outcome).toEqual({ kind: "limit", acknowledgedBytes: 300_000 });
    expectReceived(spool.subarray(0, 300_000));
    expect(recording).toMatchObject({ status: "ready", truncated: true });
  });

  it("makes smaller requests when a proxy in between finds them too large", async () => {
    endpoint.uploadFaults.push({ kind: "answer", status: 413 });
    const spool = randomBytes(200 * KIBIBYTE);
    const sending = send(spool);
    sending.finish(spool.byteLength);
    expect(await sending.outcome).toEqual({ kind: "complete" });
    expect(sizes().map((size) => size / KIBIBYTE)).toEqual([200, 100, 100]);
  });

  it("ends when the server has closed the recording", async () => {
    recording.status = "ready";
    const sending = send(randomBytes(10));
    sending.finish(10);
    expect(await sending.outcome).toEqual({ kind: "closed" });
  });

  it("ends when the bytes cannot be read back", async () => {
    const sending = send(randomBytes(10), HURRIED, Infinity, () =>
      Promise.reject(new Error("gone")),
    );
    sending.finish(10);
    const outcome = await sending.outcome;
    expect(outcome).toMatchObject({ kind: "refused", reason: /could not read back/ });
  });

  it("speaks tus 1.0.0 with a server that is not ours", async () => {
    const directory = await mkdtemp(join(tmpdir(), "sortie-tus-"));
    const tus = new TusServer({ path: "/files", datastore: new FileStore({ directory }) });
    const [tusServer, url] = await listen(
      (request, response) => void tus.handle(request, response),
    );
    const headers = { "Tus-Resumable": "1.0.0", "Upload-Defer-Length": "1" };
    const created = await fetch(`${url}/files`, { method: "POST", headers });
    const uploadUrl = created.headers.get("Location") ?? "";
    const spool = randomBytes(700 * KIBIBYTE);
    const sending = start(uploadUrl, spool);
    sending.grow(100 * KIBIBYTE);
    await until(() => acknowledged.at(-1) === 100 * KIBIBYTE);
    sending.finish(spool.byteLength);
    expect(await sending.outcome).toEqual({ kind: "complete" });
    const stored = await readFile(join(directory, uploadUrl.split("/").at(-1) ?? ""));
    expect(stored.equals(spool)).toBe(true);
    await close(tusServer);
    await rm(directory, { recursive: true });
  });
});

type Read = (offset: number, length: number) => Promise<Uint8Array<ArrayBuffer>>;

function send(
  spool: Uint8Array<ArrayBuffer>,
  pace?: UploadPace,
  limitBytes?: number,
  read?: Read,
): Uploader {
  return start(`${baseUrl}/api/recordings/${recording.id}/upload`, spool, pace, limitBytes, read);
}

function start(
  uploadUrl: string,
  spool: Uint8Array<ArrayBuffer>,
  pace = HURRIED,
  limitBytes = Infinity,
  read: Read = (offset, length) => Promise.resolve(spool.slice(offset, offset + length)),
): Uploader {
  return new Uploader({
    offset: 0,
    uploadUrl,
    limitBytes,
    read,
    clock,
    pace,
    onAcknowledged: (bytes) => acknowledged.push(bytes),
    onLink: (link) => links.push(link),
    onRoom: () => undefined,
  });
}

function expectReceived(expected: Uint8Array): void {
  expect(recording.offset).toBe(expected.byteLength);
  // Comparing megabytes element by element would take a minute.
  expect(Buffer.concat(recording.bytes).equals(expected)).toBe(true);
}

function methods(): string[] {
  return endpoint.requests.map(({ method }) => method);
}

/** Body sizes of all PATCHes. */
function sizes(): number[] {
  return endpoint.requests.filter(({ method }) => method === "PATCH").map(({ bytes }) => bytes);
}

function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, Math.min(length, at + 65_536)));
  }
  return bytes;
}

async function until(holds: () => boolean): Promise<void> {
  await expect.poll(holds, { interval: 5, timeout: 10_000 }).toBe(true);
}

async function listen(handle: RequestListener): Promise<[Server, string]> {
  const listening = createServer(handle);
  listening.listen(0, "127.0.0.1");
  await once(listening, "listening");
  return [listening, `http://127.0.0.1:${(listening.address() as AddressInfo).port}`];
}

async function close(closing: Server): Promise<void> {
  closing.closeAllConnections();
  closing.close();
  await once(closing, "close");
}
