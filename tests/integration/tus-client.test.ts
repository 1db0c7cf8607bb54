import { setImmediate } from "node:timers/promises";
import type { ClientRequest } from "node:http";
import { Readable } from "node:stream";
import { type HttpRequest, Upload, type UploadOptions } from "tus-js-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { captures } from "../support/captures";
import { type Product, startProduct } from "../support/product";
import { type RecordingProgram, recordingProgram } from "../support/recording-program";

const CHUNK_BYTES = 20_000;

let product: Product;
let ana: RecordingProgram;
let video: Buffer;

beforeAll(async () => {
  video = Buffer.from((await captures()).vp9.bytes);
  product = await startProduct();
  ana = await recordingProgram(product, "ana");
});
afterAll(() => product.close());

type Source = ConstructorParameters<typeof Upload>[0];

/** An upload by tus-js-client. */
class ClientUpload {
  readonly upload: Upload;
  /** Each request's method, with the status and offset it was answered with. */
  readonly requests: string[] = [];
  /** Resolves when the server has acknowledged the first chunk. */
  readonly firstChunk: Promise<void>;
  /** Resolves with the request that comes after that. */
  private readonly secondRequest: Promise<HttpRequest>;
  private paused: HttpRequest | undefined;

  constructor(source: Source, options: Partial<UploadOptions>) {
    let acknowledge: () => void = () => undefined;
    let follow: ((request: HttpRequest) => void) | undefined;
    this.firstChunk = new Promise((resolve) => (acknowledge = resolve));
    this.secondRequest = new Promise((resolve) => {
      void this.firstChunk.then(() => (follow = resolve));
    });
    this.upload = new Upload(source, {
      headers: { cookie: ana.cookie },
      chunkSize: CHUNK_BYTES,
      // Until the server has let go of a request that was paused, the upload is locked.
      retryDelays: [0, 100, 300, 1_000, 3_000],
      onChunkComplete: () => acknowledge(),
      onBeforeRequest: (request) => follow?.(request),
      onAfterResponse: (request, response) => {
        // It was answered all the same, but belongs to what was before the pause.
        if (request === this.paused) return;
        const offset = response.getHeader("Upload-Offset") ?? "-";
        this.requests.push(`${request.getMethod()} ${response.getStatus()} ${offset}`);
      },
      ...options,
    });
  }

  /** Begins or goes on; resolves when everything is sent. */
  async run(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.upload.options.onSuccess = () => resolve();
      // The client's own error holds its sockets and what they hold.
      this.upload.options.onError = ({ message }) => reject(new Error(message));
      this.upload.start();
    });
  }

  /** Stops after the first chunk, in whatever comes next. */
  async runAndPause(): Promise<void> {
    this.run().catch(() => undefined);
    this.paused = await this.secondRequest;
    // One that is not on its way yet would be sent in spite of the pause.
    await setImmediate();
    const request = this.paused.getUnderlyingObject() as ClientRequest;
    await this.upload.abort();
    // The client would take the end of this request for that of the next.
    if (!request.closed) await new Promise((resolve) => request.once("close", resolve));
    this.requests.length = 0;
  }
}

/** The sealed file holds what was sent: everything after the stream's own header, to the byte. */
async function expectWhole(id: string): Promise<void> {
  // A client that had to ask for the offset may know of the last byte before the recording is sealed.
  await expect.poll(async () => (await ana.get(id)).status, { timeout: 20_000 }).toBe("ready");
  const recording = await ana.get(id);
  expect(recording.upload_offset).toBe(video.length);
  expect(recording.interrupted).toBe(false);
  expect(recording.duration_seconds).toBeGreaterThan(1);
  const sealed = Buffer.from(await ana.download(id));
  const firstCluster = video.indexOf(Buffer.from([0x1f, 0x43, 0xb6, 0x75]));
  expect(sealed.subarray(65_536).equals(video.subarray(firstCluster))).toBe(true);
}

test("sends a recording to the address that starting it gave", async () => {
  const { id, url } = await ana.start();
  await new ClientUpload(video, { uploadUrl: url, uploadLengthDeferred: true }).run();
  await expectWhole(id);
});

test("makes the upload itself, with a length that is known from the beginning", async () => {
  const endpoint = `${product.url}/api/sessions/${await ana.newSession()}/recording/start`;
  const client = new ClientUpload(video, { endpoint });
  await client.runAndPause();
  const url = client.upload.url ?? "";
  const headers = { cookie: ana.cookie, "Tus-Resumable": "1.0.0" };
  const status = await fetch(url, { method: "HEAD", headers });
  expect(status.headers.get("upload-length")).toBe(String(video.length));
  expect(status.headers.has("upload-defer-length")).toBe(false);
  await client.run();
  await expectWhole(idIn(url));
});

test("sends a stream whose length it learns at the end", async () => {
  const endpoint = `${product.url}/api/sessions/${await ana.newSession()}/recording/start`;
  const pieces = Readable.from(slices(video, 7_001));
  // Its types know the browser's streams only.
  const source = pieces as unknown as Source;
  // The client never ends a stream whose length is a multiple of its chunk's.
  const chunkSize = video.length % CHUNK_BYTES === 0 ? CHUNK_BYTES - 1 : CHUNK_BYTES;
  const client = new ClientUpload(source, { endpoint, uploadLengthDeferred: true, chunkSize });
  await client.run();
  await expectWhole(idIn(client.upload.url ?? ""));
});

test("pauses, and goes on from what the server has", async () => {
  const { id, url } = await ana.start();
  const client = new ClientUpload(video, { uploadUrl: url, uploadLengthDeferred: true });
  await client.runAndPause();
  await client.run();
  expect(client.requests[0]).toMatch(/^HEAD 200 \d+$/);
  expect(Number(client.requests[0]?.split(" ")[2])).toBeGreaterThanOrEqual(CHUNK_BYTES);
  await expectWhole(id);
});

test("goes on after the server was killed and started again", async () => {
  const { id, url } = await ana.start();
  const options = { uploadUrl: url, uploadLengthDeferred: true, retryDelays: null };
  const client = new ClientUpload(video, options);
  const lost = expect(client.run()).rejects.toThrow("failed to upload chunk");
  await client.firstChunk;
  await product.kill();
  await lost;
  await product.start();
  const acknowledged = Number(client.requests.at(-1)?.split(" ")[2]);
  client.requests.length = 0;
  await client.run();
  expect(client.requests[0]).toMatch(/^HEAD 200 \d+$/);
  const kept = Number(client.requests[0]?.split(" ")[2]);
  expect(kept).toBeGreaterThanOrEqual(acknowledged);
  await expectWhole(id);
});

test("gives an upload up, and nothing of it is left", async () => {
  const { id, url } = await ana.start();
  const client = new ClientUpload(video, { uploadUrl: url, uploadLengthDeferred: true });
  await client.runAndPause();
  await client.upload.abort(true);
  await expect(client.run()).rejects.toThrow("response code: 404");
  await expect(ana.get(id)).rejects.toThrow("404");
});

test("that can send no PATCH sends POST and says what it means", async () => {
  const { id, url } = await ana.start();
  const options = { uploadUrl: url, uploadLengthDeferred: true, overridePatchMethod: true };
  const client = new ClientUpload(video, options);
  await client.run();
  expect(client.requests).toContainEqual(expect.stringMatching(/^POST 204 \d+$/));
  await expectWhole(id);
});

function* slices(bytes: Buffer, size: number): Generator<Buffer> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

function idIn(url: string): string {
  return url.split("/").at(-2) ?? "";
}
