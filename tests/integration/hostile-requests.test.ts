import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { captures } from "../support/captures";
import { expectSound, HostileClient } from "../support/hostile-client";
import { HOSTILE_REQUESTS } from "../support/hostile-requests";
import { HOSTILE_TIMEOUT_MS, hostileRuns } from "../support/hostile-runs";
import { damageArbitrary, damaged } from "../support/hostile-streams";
import type { Known } from "../support/hostile-values";
import { type Product, startProduct } from "../support/product";
import { type RecordingProgram, recordingProgram } from "../support/recording-program";
import { harmDone, type HealthBefore, healthOf } from "../support/server-health";

const AT_ONCE = 8;
/** Of those that have a connection each. */
const SENT_AT_ONCE = 4;
const CHUNKED = "Transfer-Encoding: chunked";

let product: Product;
let ana: RecordingProgram;
let client: HostileClient;
let video: Uint8Array;
let known: Known;
let before: HealthBefore;

beforeAll(async () => {
  video = (await captures()).still.bytes;
  product = await startProduct();
  ana = await recordingProgram(product, "ana");
  client = new HostileClient(product.url);
  const recordingId = await sendWhole();
  const live = await Promise.all(Array.from({ length: 20 }, () => ana.start()));
  known = {
    cookies: [ana.cookie, await product.signIn(product.administrator), ""],
    sessionId: await ana.newSession(),
    recordingId,
    liveIds: live.map(({ id }) => id),
    forForms: await Promise.all(Array.from({ length: 40 }, () => ana.start())),
    stream: video,
    sizeBytes: (await ana.get(recordingId)).size_bytes,
  };
  before = healthOf(product);
});
afterAll(async () => {
  client.close();
  await product.close();
});

test.each(HOSTILE_REQUESTS)(
  "$what of every bad kind are refused in words, or taken",
  async ({ runs, generator }) => {
    const batches = fc.array(generator(known), { minLength: AT_ONCE, maxLength: AT_ONCE });
    await fc.assert(
      fc.asyncProperty(batches, async (batch) => {
        await Promise.all(batch.map(async (asked) => expectSound(asked, await client.ask(asked))));
      }),
      hostileRuns(runs / AT_ONCE, AT_ONCE),
    );
    expect(harmDone(product, before)).toEqual([]);
  },
  HOSTILE_TIMEOUT_MS,
);

/** A request to add the whole capture to a recording, as it goes over the wire. */
function patchBytes(id: string, framing: string, body: Uint8Array): Buffer {
  const head = [
    `PATCH /api/recordings/${id}/upload HTTP/1.1`,
    "Host: 127.0.0.1",
    `Cookie: ${ana.cookie}`,
    "Tus-Resumable: 1.0.0",
    "Content-Type: application/offset+octet-stream",
    "Upload-Offset: 0",
    framing,
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
}

test(
  "what is hardly HTTP any more is refused or cut off, and never a fault of ours",
  async () => {
    const request = fc
      .tuple(fc.constantFrom(...known.liveIds), fc.constantFrom("Content-Length: 400", CHUNKED))
      .map(([id, framing]) => patchBytes(id, framing, video.subarray(0, 400)));
    const damages = fc.array(damageArbitrary, { minLength: 1, maxLength: 3 });
    const end = fc.constantFrom("close", "close", "reset" as const);
    const wire = fc.tuple(request, damages, end);
    const batches = fc.array(wire, { minLength: SENT_AT_ONCE, maxLength: SENT_AT_ONCE });
    await fc.assert(
      fc.asyncProperty(batches, async (batch) => {
        const answers = batch.map(([bytes, done, how]) =>
          client.send([done.reduce(damaged, bytes)], how),
        );
        for (const said of await Promise.all(answers)) {
          expect(said).not.toMatch(/^HTTP\/1\.1 5\d\d/m);
          if (/^HTTP\/1\.1 4\d\d/.test(said)) expect(said).toMatch(/"message":"\p{Lu}.*\."/u);
        }
      }),
      hostileRuns(200, SENT_AT_ONCE),
    );
    expect(harmDone(product, before)).toEqual([]);
  },
  HOSTILE_TIMEOUT_MS,
);

interface WrongBody {
  readonly what: string;
  readonly framing: (sizeBytes: number) => string;
  readonly parts: (bytes: Uint8Array) => readonly (string | Uint8Array)[];
  readonly end: "close" | "reset" | "wait";
}
const longer = (sizeBytes: number) => `Content-Length: ${2 * sizeBytes}`;
const exact = (sizeBytes: number) => `Content-Length: ${sizeBytes}`;
const WRONG_BODIES: readonly WrongBody[] = [
  { what: "shorter than announced", framing: longer, parts: (b) => [b], end: "close" },
  { what: "shorter, on a lost connection", framing: longer, parts: (b) => [b], end: "reset" },
  { what: "longer than announced", framing: exact, parts: (b) => [b, "more\r\n"], end: "wait" },
  {
    what: "cut in the middle of a chunk",
    framing: () => CHUNKED,
    parts: (b) => [`${(2 * b.length).toString(16)}\r\n`, b],
    end: "close",
  },
  {
    what: "of two lengths at once",
    framing: (sizeBytes) => `${exact(sizeBytes)}\r\n${CHUNKED}`,
    parts: (b) => [b],
    end: "wait",
  },
  {
    what: "sent a byte at a time",
    framing: () => `${CHUNKED}\r\nConnection: close`,
    parts: (b) => [...b.subarray(0, 2_000)].map((byte) => Buffer.from([49, 13, 10, byte, 13, 10])),
    end: "close",
  },
];

test.each(WRONG_BODIES)(
  "a body $what does no harm: its sender asks for the offset and goes on",
  async ({ framing, parts, end }) => {
    const { id } = await ana.start();
    const half = video.subarray(0, Math.floor(video.length / 2));
    const start = patchBytes(id, framing(half.length), new Uint8Array());
    expect(await client.send([start, ...parts(half)], end)).not.toMatch(/^HTTP\/1\.1 5/m);
    // The request that broke off may hold the recording for a moment more.
    await expect.poll(async () => (await sendRest(id)).status, { timeout: 20_000 }).toBe(204);
    expect((await ana.get(id)).status).toBe("ready");
    const firstCluster = video.indexOf(0x1f);
    expect(Buffer.from(await ana.download(id)).subarray(65_536)).toEqual(
      Buffer.from(video.subarray(firstCluster)),
    );
  },
);

// Each of these was answered with 500, or without a word, before.
test.each([
  ["/api/recordings/%", {}, "400 bad_request"],
  ["/api/recordings/%ff/upload", {}, "400 bad_request"],
  ["/api/auth/csrf", { host: "evil.example:99999" }, "400 bad_request"],
  ["/api/auth/csrf?callbackUrl=%00", {}, "400 bad_request"],
  ["/api/recordings/x/upload", {}, "405 method_not_allowed"],
  [`/api/recordings?q=${"x".repeat(20_000)}`, {}, "431 headers_too_large"],
] as const)(
  "an address or a host that cannot be read, or a method too many, is refused in words (%#)",
  async (path, headers, expected) => {
    const asked = { method: "GET", path, headers: Object.entries(headers) };
    const answer = await client.ask(asked);
    expectSound(asked, answer);
    const { error } = JSON.parse(answer.body.toString()) as { error: { code: string } };
    expect(`${answer.status} ${error.code}`).toBe(expected);
  },
);

test("a damaged cookie of next-auth keeps nobody from signing in", async () => {
  const headers = [["cookie", "next-auth.callback-url=nonsense"]] as const;
  const answer = await client.ask({ method: "GET", path: "/api/auth/csrf", headers });
  expect(answer.status).toBe(200);
});

test("after all of it the same server records as before, and its memory has not run away", async () => {
  const id = await sendWhole();
  expect(await ana.get(id)).toMatchObject({ status: "ready", upload_offset: video.length });
  expect(harmDone(product, before)).toEqual([]);
});

/** Records the whole capture; returns its id. */
async function sendWhole(): Promise<string> {
  const { id } = await ana.start();
  expect((await sendRest(id)).status).toBe(204);
  return id;
}

/** Sends what the server does not have yet. */
async function sendRest(id: string) {
  const offset = (await ana.get(id)).upload_offset;
  const headers = [
    ["cookie", ana.cookie],
    ["tus-resumable", "1.0.0"],
    ["content-type", "application/offset+octet-stream"],
    ["upload-offset", String(offset)],
    ["upload-length", String(video.length)],
  ] as const;
  const path = `/api/recordings/${id}/upload`;
  return client.ask({ method: "PATCH", path, headers, body: video.subarray(offset) });
}
