import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createIndexer } from "@/lib/media/create-indexer";
import { captures, mp4Captures } from "../support/captures";
import { expectSound, HostileClient, type WireAnswer } from "../support/hostile-client";
import { HOSTILE_TIMEOUT_MS, hostileRuns } from "../support/hostile-runs";
import {
  type DamagedCapture,
  damageCapture,
  damagedCaptureArbitrary,
  spotsOf,
  tryAll,
} from "../support/hostile-streams";
import { type Product, startProduct } from "../support/product";
import { type RecordingProgram, recordingProgram } from "../support/recording-program";
import { harmDone, healthOf } from "../support/server-health";

const CLUSTER = [0x1f, 0x43, 0xb6, 0x75];
const SIMPLE_BLOCK = [0xa3, 0x40];
const BOXES = ["moov", "trak", "moof", "traf", "trun", "tfdt", "mdat"];
/** More than any saved state of a real capture has. */
const MAX_STATE_BYTES = 400_000;
/** Streams that are sent at once; each uploads in turn. */
const AT_ONCE = 4;

let streams: readonly Uint8Array[];
let spots: readonly number[];
let product: Product;
let ana: RecordingProgram;
let client: HostileClient;

beforeAll(async () => {
  const real = [...Object.values(await captures()), ...Object.values(await mp4Captures())];
  streams = real.map(({ bytes }) => bytes);
  spots = streams.flatMap((bytes) => spotsOf(bytes, [CLUSTER, SIMPLE_BLOCK, ...BOXES]));
  product = await startProduct();
  ana = await recordingProgram(product, "ana");
  client = new HostileClient(product.url);
});
afterAll(async () => {
  client.close();
  await product.close();
});

test(
  "thousands of damaged captures end in an error that is ours or in a sealed file, however they are cut",
  () => {
    const step = fc.oneof(
      fc.integer({ min: 64, max: 4_096 }),
      fc.integer({ min: 1, max: 300_000 }),
    );
    const subject = { createIndexer, maxStateBytes: MAX_STATE_BYTES };
    fc.assert(
      fc.property(damagedCaptureArbitrary(spots), step, (recipe, size) => {
        const hostile = damageCapture(streams, recipe);
        expect(tryAll(subject, hostile, size)).toBe(tryAll(subject, hostile, hostile.length));
      }),
      hostileRuns(4_000),
    );
  },
  HOSTILE_TIMEOUT_MS,
);

interface Sending extends DamagedCapture {
  /** How the stream is cut into requests, as shares of it. */
  readonly cuts: readonly number[];
}

test(
  "hundreds of damaged captures that are sent leave the server well, and each recording with an end",
  async () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const sending: fc.Arbitrary<Sending> = fc
      .tuple(damagedCaptureArbitrary(spots), fc.array(share, { maxLength: 2 }))
      .map(([recipe, cuts]) => ({ ...recipe, cuts }));
    const batches = fc.array(sending, { minLength: AT_ONCE, maxLength: AT_ONCE });
    await send({ capture: 0, graft: null, length: 500_000, damages: [], cuts: [] });
    const before = healthOf(product);
    await fc.assert(
      fc.asyncProperty(batches, async (batch) => {
        const statuses = await Promise.all(batch.map(send));
        for (const status of statuses) expect(["ready", "failed"]).toContain(status);
      }),
      hostileRuns(75, AT_ONCE),
    );
    expect(harmDone(product, before)).toEqual([]);
    const [intact] = streams;
    const whole = { capture: 0, graft: null, length: intact!.length, damages: [], cuts: [0.5] };
    expect(await send(whole)).toBe("ready");
  },
  HOSTILE_TIMEOUT_MS,
);

/** Sends a damaged capture as a recording until it is whole or refused; returns what became of it. */
async function send({ cuts, ...recipe }: Sending): Promise<string> {
  const bytes = damageCapture(streams, recipe);
  const { id, url } = await ana.start();
  const path = new URL(url).pathname;
  const ends = [...cuts.map((share) => Math.floor(share * bytes.length)), bytes.length];
  let offset = 0;
  for (const end of ends.toSorted((a, b) => a - b)) {
    const answer = await patch(path, bytes.subarray(offset, end), offset, bytes.length);
    if (answer.status !== 204) break;
    expect(Number(answer.headers["upload-offset"])).toBe(end);
    offset = end;
  }
  const { status, size_bytes: sizeBytes } = await ana.get(id);
  if (status === "ready") expect(await ana.download(id)).toHaveLength(sizeBytes);
  return status;
}

async function patch(
  path: string,
  body: Uint8Array,
  offset: number,
  length: number,
): Promise<WireAnswer> {
  const headers = [
    ["cookie", ana.cookie],
    ["tus-resumable", "1.0.0"],
    ["content-type", "application/offset+octet-stream"],
    ["upload-offset", String(offset)],
    ["upload-length", String(length)],
  ] as const;
  const asked = { method: "PATCH", path, headers, body };
  const answer = await client.ask(asked);
  expectSound(asked, answer);
  return answer;
}
