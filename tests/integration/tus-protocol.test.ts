import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { captures } from "../support/captures";
import { type Product, startProduct } from "../support/product";
import { type RecordingProgram, recordingProgram } from "../support/recording-program";

/** What tus 1.0.0 says of requests and answers, header by header. */
const MAX_SIZE_BYTES = 64 * 1024 * 1024;

let product: Product;
let ana: RecordingProgram;
let bob: RecordingProgram;
let video: Buffer;

beforeAll(async () => {
  video = Buffer.from((await captures()).vp9.bytes);
  product = await startProduct({ SORTIE_RECORDING_MAX_SIZE_MB: "64" });
  [ana, bob] = [await recordingProgram(product, "ana"), await recordingProgram(product, "bob")];
});
afterAll(() => product.close());

function idIn(url: string): string {
  return url.split("/").at(-2) ?? "";
}

interface Asked {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: Uint8Array;
  readonly by?: RecordingProgram;
}

/** A request as tus wants it, but for the `headers` named. */
async function tus(method: string, url: string, { headers = {}, body, by = ana }: Asked = {}) {
  const isPatch = [method, headers["X-HTTP-Method-Override"]].includes("PATCH");
  const own = {
    cookie: by.cookie,
    "Tus-Resumable": "1.0.0",
    ...(isPatch && { "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0" }),
    ...headers,
  };
  const sent = Object.entries(own).filter((entry): entry is [string, string] => !!entry[1]);
  return fetch(url, { method, headers: sent, ...(body && { body: body as BodyInit }) });
}

test("OPTIONS tells what the server can do, without being asked in a version", async () => {
  const { url } = await ana.start();
  const answer = await tus("OPTIONS", url, { headers: { "Tus-Resumable": undefined } });
  expect(answer.status).toBe(204);
  expect(answer.headers.get("tus-version")).toBe("1.0.0");
  expect(answer.headers.get("tus-extension")).toBe("creation,creation-defer-length,termination");
  expect(answer.headers.get("tus-max-size")).toBe(String(MAX_SIZE_BYTES));
});

test("HEAD tells the offset, and that no length is known, and is not to be kept", async () => {
  const { url } = await ana.start();
  await tus("PATCH", url, { body: video.subarray(0, 1_000) });
  const answer = await tus("HEAD", url);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("tus-resumable")).toBe("1.0.0");
  expect(answer.headers.get("upload-offset")).toBe("1000");
  expect(answer.headers.get("upload-defer-length")).toBe("1");
  expect(answer.headers.has("upload-length")).toBe(false);
  expect(answer.headers.get("cache-control")).toBe("no-store");
});

test("HEAD tells the length as soon as a PATCH announced it", async () => {
  const { url } = await ana.start();
  const headers = { "Upload-Length": String(video.length) };
  await tus("PATCH", url, { body: video.subarray(0, 1_000), headers });
  const answer = await tus("HEAD", url);
  expect(answer.headers.get("upload-length")).toBe(String(video.length));
  expect(answer.headers.has("upload-defer-length")).toBe(false);
});

test("PATCH is acknowledged with the new offset and nothing else", async () => {
  const { url } = await ana.start();
  const answer = await tus("PATCH", url, { body: video.subarray(0, 1_000) });
  expect(answer.status).toBe(204);
  expect(answer.headers.get("upload-offset")).toBe("1000");
  expect(answer.headers.get("tus-resumable")).toBe("1.0.0");
  expect(await answer.text()).toBe("");
});

test("a media type may be written in any case and with parameters", async () => {
  const { url } = await ana.start();
  const headers = { "Content-Type": "Application/Offset+Octet-Stream; version=1" };
  expect((await tus("PATCH", url, { body: video.subarray(0, 9), headers })).status).toBe(204);
});

test("an upload that is given up is gone, for every method", async () => {
  const { url } = await ana.start();
  const answer = await tus("DELETE", url);
  expect(answer.status).toBe(204);
  expect(answer.headers.get("tus-resumable")).toBe("1.0.0");
  for (const method of ["HEAD", "PATCH", "DELETE"]) {
    const gone = await tus(method, url, method === "PATCH" ? { body: video } : {});
    expect(gone.status).toBe(404);
    expect(gone.headers.has("upload-offset")).toBe(false);
    expect(gone.headers.get("cache-control")).toBe("no-store");
  }
});

test("a finished recording is not given up by a client of its upload", async () => {
  const { id, url } = await ana.start();
  const headers = { "Upload-Length": String(video.length) };
  expect((await tus("PATCH", url, { body: video, headers })).status).toBe(204);
  expect((await tus("DELETE", url)).status).toBe(409);
  expect(await ana.get(id)).toMatchObject({ status: "ready", upload_offset: video.length });
});

test("making an upload answers where it is, and refuses one that is too long", async () => {
  const start = `${product.url}/api/sessions/${await ana.newSession()}/recording/start`;
  const tooLong = await tus("POST", start, { headers: { "Upload-Length": "99999999999" } });
  expect(tooLong.status).toBe(413);
  const neither = await tus("POST", start);
  expect(neither.status).toBe(400);
  const otherwise = await tus("POST", start, { headers: { "Upload-Defer-Length": "yes" } });
  expect(otherwise.status).toBe(400);
  const made = await tus("POST", start, { headers: { "Upload-Defer-Length": "1" } });
  expect(made.status).toBe(201);
  expect(made.headers.get("tus-resumable")).toBe("1.0.0");
  const location = new URL(made.headers.get("location") ?? "", start).href;
  expect((await tus("HEAD", location)).headers.get("upload-offset")).toBe("0");
});

interface Refusal {
  readonly what: string;
  readonly method?: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly status: number;
}
const REFUSALS: readonly Refusal[] = [
  { what: "another version", headers: { "Tus-Resumable": "0.2.2" }, status: 412 },
  { what: "no version", headers: { "Tus-Resumable": undefined }, status: 412 },
  { what: "another content type", headers: { "Content-Type": "video/webm" }, status: 415 },
  { what: "no offset", headers: { "Upload-Offset": undefined }, status: 400 },
  { what: "a negative offset", headers: { "Upload-Offset": "-1" }, status: 400 },
  { what: "an offset that is not a number", headers: { "Upload-Offset": "0x0" }, status: 400 },
  { what: "another offset", headers: { "Upload-Offset": "3" }, status: 409 },
  { what: "a negative length", headers: { "Upload-Length": "-5" }, status: 400 },
  { what: "no method", method: "POST", headers: {}, status: 400 },
];
test.each(REFUSALS)("refuses $what with $status", async ({ method = "PATCH", headers, status }) => {
  const { url } = await ana.start();
  const answer = await tus(method, url, { headers, body: video.subarray(0, 100) });
  expect(answer.status).toBe(status);
  expect(answer.headers.get("tus-resumable")).toBe("1.0.0");
  expect(answer.headers.get("tus-version")).toBe(status === 412 ? "1.0.0" : null);
  if (status === 409) expect(answer.headers.get("upload-offset")).toBe("0");
  const { error } = (await answer.json()) as { error: { message: string } };
  expect(error.message).toMatch(/^\p{Lu}.*\.$/u);
  expect((await tus("HEAD", url)).headers.get("upload-offset")).toBe("0");
});

test("refuses a length that what has come exceeds, and takes the rest all the same", async () => {
  const { id, url } = await ana.start();
  await tus("PATCH", url, { body: video.subarray(0, 1_000) });
  const short = { "Upload-Offset": "1000", "Upload-Length": "999" };
  const rest = video.subarray(1_000);
  expect((await tus("PATCH", url, { body: rest, headers: short })).status).toBe(400);
  const right = { "Upload-Offset": "1000", "Upload-Length": String(video.length) };
  expect((await tus("PATCH", url, { body: rest, headers: right })).status).toBe(204);
  expect(await ana.get(id)).toMatchObject({ status: "ready", upload_offset: video.length });
});

test("refuses a length that changes", async () => {
  const { url } = await ana.start();
  const announced = { "Upload-Length": "5000" };
  await tus("PATCH", url, { body: video.subarray(0, 1_000), headers: announced });
  const headers = { "Upload-Offset": "1000", "Upload-Length": "6000" };
  const answer = await tus("PATCH", url, { body: video.subarray(1_000, 2_000), headers });
  expect(answer.status).toBe(400);
  expect((await tus("HEAD", url)).headers.get("upload-length")).toBe("5000");
});

test("answers nobody else, and not for an upload that there never was", async () => {
  const { url } = await ana.start();
  const missing = url.replace(idIn(url), randomUUID());
  for (const method of ["HEAD", "PATCH", "DELETE"]) {
    const asked = method === "PATCH" ? { body: video } : {};
    expect((await tus(method, url, { ...asked, by: bob })).status).toBe(403);
    expect((await tus(method, missing, asked)).status).toBe(404);
  }
  expect((await tus("HEAD", url)).headers.get("upload-offset")).toBe("0");
});

test.each(["HEAD", "PATCH", "DELETE", "OPTIONS"])(
  "POST that says %s is one, whatever other method it is sent with",
  async (method) => {
    const { url } = await ana.start();
    const headers = { "X-HTTP-Method-Override": method };
    const body = method === "PATCH" ? { body: video.subarray(0, 10) } : {};
    const answer = await tus("POST", url, { headers, ...body });
    expect(answer.status).toBe(method === "HEAD" ? 200 : 204);
    const after = await tus("HEAD", url);
    expect(after.status).toBe(method === "DELETE" ? 404 : 200);
    if (method === "PATCH") expect(after.headers.get("upload-offset")).toBe("10");
  },
);

test("a form that never ends is told 413 while it is being sent, and nothing of it is kept", async () => {
  const { sessionId, id, url } = await ana.start();
  const boundary = "----a boundary";
  const part = (name: string) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"`;
  const begin = `${part("recording_id")}\r\n\r\n${id}\r\n${part("file")}; filename="a.webm"\r\n\r\n`;
  const ask = request(`${product.url}/api/sessions/${sessionId}/recording/upload`, {
    method: "POST",
    headers: {
      cookie: ana.cookie,
      "content-type": `multipart/form-data; boundary="${boundary}"`,
    },
  });
  // Once it has its answer, the connection may be closed under it.
  ask.on("error", () => undefined);
  let isAnswered = false;
  const answered = once(ask, "response").then(([response]) => {
    isAnswered = true;
    return response as IncomingMessage;
  });
  // A Void of 1 GiB, which is skipped wherever it stands (RFC 8794, section 11.3.2).
  ask.write(Buffer.concat([Buffer.from(begin), video, Buffer.from("ec0100000040000000", "hex")]));
  while (!isAnswered) {
    if (!ask.write(Buffer.alloc(65_536))) await Promise.race([once(ask, "drain"), answered]);
  }
  const response = await answered;
  expect(ask.writableEnded).toBe(false);
  const said = JSON.parse(await text(response)) as unknown;
  expect([response.statusCode, said]).toMatchObject([413, { error: { code: "too_large" } }]);
  ask.destroy();
  expect((await tus("HEAD", url)).headers.get("upload-offset")).toBe("0");
  expect(await ana.get(id)).toMatchObject({ status: "recording", size_bytes: 0 });
});

test("a page of another site deletes nothing by calling it something harmless", async () => {
  const { url } = await ana.start();
  const headers = { "X-HTTP-Method-Override": "DELETE", origin: "https://evil.example" };
  for (const method of ["OPTIONS", "HEAD", "POST"]) {
    expect((await tus(method, url, { headers })).status).toBe(403);
  }
  expect((await tus("HEAD", url)).status).toBe(200);
});
