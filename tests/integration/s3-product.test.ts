import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { S3Bucket } from "@/lib/storage/s3-bucket";
import { createS3Client, type S3Config } from "@/lib/storage/s3-client";
import { RESERVED_HEADER_BYTES } from "@/lib/media/media-indexer";
import { type LongStream, longStream } from "../support/long-stream";
import { type Credentials, type Product, startProduct } from "../support/product";
import { createBucket, hasRadosgw, radosgw, s3Environment } from "../support/radosgw";
import { startGatewayOf } from "../support/radosgw-cluster";
import { startTusSender, type TusSender } from "../support/tus-sender";
import { decodeVideo } from "../support/video";

const PIECE_BYTES = 3_000_000;
/** Most start the product, on a machine that does other things too. */
const TIMEOUT_MS = 120_000;
const NOWHERE = "http://127.0.0.1:9";

async function sendAll(sender: TusSender, { bytes }: LongStream, from = 0): Promise<void> {
  for (let at = from; at < bytes.length; at += PIECE_BYTES) {
    const piece = bytes.subarray(at, at + PIECE_BYTES);
    const isLast = at + PIECE_BYTES >= bytes.length;
    const answer = await sender.send(at, piece, isLast ? bytes.length : undefined);
    expect(answer.status, await answer.text()).toBe(204);
  }
}

/** Asks for a recording's file and follows no redirect. */
async function ask(
  product: Product,
  who: Credentials,
  id: string,
  query = "",
  init: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> } = {},
) {
  const headers = { cookie: await product.signIn(who), ...init.headers };
  const url = `${product.url}/api/recordings/${id}/download${query}`;
  return fetch(url, { redirect: "manual", ...init, headers });
}

describe.skipIf(!hasRadosgw())("recordings in S3", { timeout: TIMEOUT_MS }, () => {
  let stream: LongStream;
  beforeAll(async () => {
    stream = await longStream(30);
  });

  describe("that browsers reach", () => {
    let config: S3Config;
    let product: Product;
    let ana: Credentials;
    let id: string;
    beforeAll(async () => {
      config = await createBucket();
      product = await startProduct(s3Environment(config));
      ana = await product.addUser("ana");
      const sender = await startTusSender(product, ana);
      id = sender.id;
      await sendAll(sender, stream);
    });
    afterAll(() => product.close());

    test("are one object, whole and playable, and leave nothing else there or on the server", async () => {
      const { storageKey, sizeBytes } = await product.db.recording.findUniqueOrThrow({
        where: { id },
      });
      const bucket = new S3Bucket(createS3Client(config), config.bucket, "");
      expect(await bucket.list("")).toEqual([`recordings/${storageKey}`]);
      expect(await bucket.listUploads(`recordings/${storageKey}`)).toEqual([]);
      expect(await readdir(join(product.directory, "recordings")).catch(() => [])).toEqual([]);
      const range = { start: 0, end: Number(sizeBytes) - 1 };
      const file = await bucket.get(`recordings/${storageKey}`, range);
      expect(Buffer.from(file.subarray(RESERVED_HEADER_BYTES)).equals(stream.body)).toBe(true);
      const { durationSeconds, frames } = await decodeVideo(file);
      expect(durationSeconds).toBeGreaterThan(10);
      expect(frames.length).toBeGreaterThan(50);
    });

    test("are played from S3 itself, at an address that takes ranges", async () => {
      const answer = await ask(product, ana, id);
      expect(answer.status).toBe(302);
      expect(answer.headers.get("cache-control")).toBe("private, no-store");
      const link = new URL(answer.headers.get("location") ?? "");
      expect(link.origin).toBe(config.endpoint);
      expect(Number(link.searchParams.get("X-Amz-Expires"))).toBe(12 * 60 * 60);
      const start = RESERVED_HEADER_BYTES + 1_000;
      const part = await fetch(link, { headers: { range: `bytes=${start}-${start + 999}` } });
      expect(part.status).toBe(206);
      expect(part.headers.get("content-type")).toBe("video/webm");
      const served = Buffer.from(await part.arrayBuffer());
      expect(served.equals(stream.body.subarray(1_000, 2_000))).toBe(true);
      const policy = (await fetch(`${product.url}/sign-in`)).headers.get("content-security-policy");
      expect(policy).toContain(`media-src 'self' blob: ${config.endpoint}`);
    });

    test("are saved under their own name", async () => {
      const link = (await ask(product, ana, id, "?download=1")).headers.get("location") ?? "";
      const answer = await fetch(link, { headers: { range: "bytes=0-9" } });
      expect(answer.headers.get("content-disposition")).toMatch(
        /^attachment; filename="Desktop .*webm"/,
      );
      await answer.arrayBuffer();
    });

    test("show the way to nobody else, and the audit trail notes who was shown it", async () => {
      const bob = await product.addUser("bob");
      expect((await ask(product, bob, id)).status).toBe(403);
      expect((await fetch(`${product.url}/api/recordings/${id}/download`)).status).toBe(401);
      const seen = await product.db.auditEvent.findMany({
        where: { targetId: id, action: { in: ["recording.view", "recording.download"] } },
        orderBy: { id: "asc" },
      });
      expect(seen.map(({ actorName, action }) => `${actorName} ${action}`)).toEqual([
        "ana recording.view",
        "ana recording.download",
      ]);
    });

    test("tell their size without being opened", async () => {
      const answer = await ask(product, ana, id, "", { method: "HEAD" });
      expect(answer.status).toBe(200);
      expect(Number(answer.headers.get("content-length"))).toBeGreaterThan(stream.body.length);
    });
  });

  test("that browsers do not reach are played through the product", async () => {
    const config = { ...(await createBucket()), presigned: false };
    const product = await startProduct(s3Environment(config));
    try {
      const sender = await startTusSender(product, product.administrator);
      await sendAll(sender, stream);
      const start = RESERVED_HEADER_BYTES + 20 * 2 ** 20;
      const headers = { range: `bytes=${start}-${start + 4_999_999}` };
      const part = await ask(product, product.administrator, sender.id, "", { headers });
      expect(part.status).toBe(206);
      const served = Buffer.from(await part.arrayBuffer());
      const at = 20 * 2 ** 20;
      expect(served.equals(stream.body.subarray(at, at + 5_000_000))).toBe(true);
    } finally {
      await product.close();
    }
  });

  test.each([
    [
      "a wrong secret",
      { SORTIE_RECORDING_S3_SECRET_ACCESS_KEY: "hush-hush" },
      "S3_SECRET_ACCESS_KEY",
    ],
    ["a wrong key", { SORTIE_RECORDING_S3_ACCESS_KEY_ID: "hush-hush" }, "S3_ACCESS_KEY_ID"],
    ["a wrong bucket", { SORTIE_RECORDING_S3_BUCKET: "no-such-bucket" }, "S3_BUCKET"],
    ["nobody at the endpoint", { SORTIE_RECORDING_S3_ENDPOINT: NOWHERE }, "S3_ENDPOINT"],
  ])("with %s say at start and to probes which setting to look at", async (_, wrong, setting) => {
    const product = await startProduct({ ...s3Environment(await createBucket()), ...wrong });
    try {
      await vi.waitFor(
        () => {
          const said = product.log.filter(({ msg }) =>
            msg.startsWith("Recordings cannot be written."),
          );
          // The web process and the worker.
          expect(said.map(({ msg }) => msg.includes(`SORTIE_RECORDING_${setting}`))).toEqual([
            true,
            true,
          ]);
        },
        { timeout: 20_000 },
      );
      const answer = await fetch(`${product.url}/readyz`);
      expect(answer.status).toBe(503);
      const { checks } = (await answer.json()) as { checks: { storage: { message: string } } };
      expect(checks.storage.message).toContain(`SORTIE_RECORDING_${setting}`);
      expect(checks.storage.message).not.toMatch(/hush|no-such-bucket|127\.0\.0\.1/i);
    } finally {
      await product.close();
    }
  });

  test("lose no acknowledged byte when S3 is killed and comes back, while they are made", async () => {
    const gateway = await startGatewayOf(await radosgw());
    const config = await createBucket(gateway.endpoint);
    const product = await startProduct({ ...s3Environment(config) });
    try {
      const sender = await startTusSender(product, product.administrator);
      const acknowledged = 20_000_000;
      expect((await sender.send(0, stream.bytes.subarray(0, acknowledged))).status).toBe(204);
      await gateway.kill();
      const more = stream.bytes.subarray(acknowledged, acknowledged + 9_000_000);
      const refused = await sender.send(acknowledged, more);
      expect(refused.status).toBe(503);
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(await refused.text()).not.toMatch(/127\.0\.0\.1|ECONN/);
      expect(await sender.offset()).toBe(acknowledged);
      await gateway.start();
      await sendAll(sender, stream, acknowledged);
      const { status, storageKey } = await product.db.recording.findUniqueOrThrow({
        where: { id: sender.id },
      });
      expect(status).toBe("ready");
      const bucket = new S3Bucket(createS3Client(config), config.bucket, config.prefix);
      const end = RESERVED_HEADER_BYTES + stream.body.length - 1;
      const body = await bucket.get(storageKey, { start: RESERVED_HEADER_BYTES, end });
      expect(Buffer.from(body).equals(stream.body)).toBe(true);
    } finally {
      await product.close();
      await gateway.kill();
    }
  });
});
