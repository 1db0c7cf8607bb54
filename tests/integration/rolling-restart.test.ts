import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { RESERVED_HEADER_BYTES } from "@/lib/media/media-indexer";
import { type LongStream, longStream } from "../support/long-stream";
import { type Product, startProduct } from "../support/product";
import { QUEUE_BACKENDS } from "../support/queue-backends";
import { createBucket, hasRadosgw, s3Environment } from "../support/radosgw";
import { roundRobin, type RoundRobin } from "../support/round-robin";
import { startTusSender, type TusSender } from "../support/tus-sender";

const PIECES = 40;
const RECORDINGS = 3;
/** As a recorder does: what has come by since the last time. */
const SEND_EVERY_MS = 250;
const TIMEOUT_MS = 300_000;

const redis = QUEUE_BACKENDS.find(({ name }) => name === "Redis");

/** Sends a stream piece by piece while `restarting`, and its end afterwards; answers every status that came. */
async function record(
  sender: TusSender,
  { bytes }: LongStream,
  restarting: Promise<void>,
): Promise<number[]> {
  const statuses: number[] = [];
  const pieceBytes = Math.ceil(bytes.length / PIECES);
  const send = async (at: number, length?: number) => {
    const answer = await sender.send(at, bytes.subarray(at, at + pieceBytes), length);
    statuses.push(answer.status);
    await answer.arrayBuffer();
  };
  const last = (PIECES - 1) * pieceBytes;
  for (let at = 0; at < last; at += pieceBytes) {
    await send(at);
    await delay(SEND_EVERY_MS);
  }
  await restarting;
  await send(last, bytes.length);
  return statuses;
}

/** What somebody sees who goes on using the product. */
async function lookAround(
  proxy: RoundRobin,
  cookie: string,
  until: AbortSignal,
): Promise<number[]> {
  const statuses: number[] = [];
  while (!until.aborted) {
    for (const path of ["/api/recordings", "/recordings"]) {
      const answer = await fetch(`${proxy.url}${path}`, { headers: { cookie } });
      statuses.push(answer.status);
      await answer.arrayBuffer();
    }
    await delay(SEND_EVERY_MS);
  }
  return statuses;
}

async function restartEach(products: readonly Product[]): Promise<void> {
  for (const which of ["web", "worker"] as const) {
    for (const product of products) await product.restart(which);
  }
}

test.skipIf(!hasRadosgw() || redis?.here !== true)(
  "two web processes and two workers are replaced one by one, and whoever records notices nothing",
  { timeout: TIMEOUT_MS },
  async () => {
    const queue = await redis!.open();
    const settings = { ...s3Environment(await createBucket()), REDIS_URL: queue.config.redisUrl! };
    const first = await startProduct(settings);
    const second = await startProduct({ ...settings, DATABASE_URL: first.databaseUrl });
    const products = [first, second];
    const proxy = await roundRobin([first.url, second.url], { probe: "/readyz" });
    const over = new AbortController();
    try {
      const stream = await longStream(8);
      const who = first.administrator;
      const cookie = await first.signIn(who);
      const senders = await Promise.all(
        Array.from({ length: RECORDINGS }, () => startTusSender(first, who, proxy.url)),
      );
      const looking = lookAround(proxy, cookie, over.signal);
      const restarting = restartEach(products);
      const sent = await Promise.all(senders.map((each) => record(each, stream, restarting)));
      over.abort();
      for (const statuses of sent) expect(statuses).toEqual(Array(PIECES).fill(204));
      expect(new Set(await looking)).toEqual(new Set([200]));
      for (const { id } of senders) {
        const answer = await fetch(`${proxy.url}/api/recordings/${id}/download`, {
          headers: { cookie },
        });
        const file = Buffer.from(await answer.arrayBuffer());
        expect(file.subarray(RESERVED_HEADER_BYTES).equals(stream.body)).toBe(true);
      }
      for (const { log } of products) {
        const troubles = log.filter(({ level }) => Number(level) >= 50);
        expect(troubles).toEqual([]);
        expect(log.filter(({ msg }) => msg === "stopping")).toHaveLength(2);
      }
    } finally {
      over.abort();
      proxy.close();
      await second.close();
      await first.close();
      await queue.close();
    }
  },
);
