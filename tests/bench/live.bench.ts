import { mkdtemp, rm } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type BenchRow, milliseconds, quantile } from "./bench-row";
import { startBuiltProduct } from "./built-product";
import { recordFootage, repeated } from "./long-recording";
import {
  patch,
  peakRss,
  pieces,
  productReceiver,
  type Receiver,
  resetPeakRss,
  startPeer,
  tusReceiver,
} from "./receivers";

const MEBIBYTE = 1024 * 1024;
const RECORDINGS = 500;
const EVERY_MS = 3_000;
/** What a desktop somebody works on gives in 3 s, with its pauses: some 80 MB an hour. */
const PATCH_BYTES = 64 * 1024;
const WARM_UP_PATCHES = 3;
const MEASURED_PATCHES = 15;
const SPOOL_BYTES = (WARM_UP_PATCHES + MEASURED_PATCHES) * PATCH_BYTES;
const LATENCY_BAR_MS = 250;
const RSS_BAR_BYTES = 700 * MEBIBYTE;

/** P3: 500 recordings at once, a PATCH each 3 s, against @tus/server on the same disk. */
export async function run(): Promise<BenchRow[]> {
  const stream = repeated(await recordFootage(), Infinity);
  const spool = [...pieces(stream, PATCH_BYTES, SPOOL_BYTES)];
  const directory = await mkdtemp(join(tmpdir(), "sortie-bench-"));
  const product = await startBuiltProduct(directory, {});
  const tus = await startPeer("tus", directory);
  try {
    const theirs = await recordTogether(tusReceiver(tus, 64 * MEBIBYTE), spool);
    await resetPeakRss(product.pid);
    const ours = await recordTogether(productReceiver(product), spool);
    return rowsOf(ours, theirs, await peakRss(product.pid));
  } finally {
    tus.stop();
    await product.close();
    await rm(directory, { recursive: true });
  }
}

function rowsOf(ours: readonly number[], theirs: readonly number[], rssBytes: number): BenchRow[] {
  const work = `${RECORDINGS} recordings at once, each a durable PATCH of 64 KiB every 3 s`;
  const words = (latencies: readonly number[]) =>
    `p50 ${milliseconds(quantile(latencies, 0.5))}, p95 ${milliseconds(quantile(latencies, 0.95))}`;
  const p95 = quantile(ours, 0.95);
  const ratio = p95 / quantile(theirs, 0.95);
  return [
    {
      id: "P3",
      work,
      ours: words(ours),
      peer: "bar: 250 ms in p95",
      ratio: p95 / LATENCY_BAR_MS,
      bar: "< 1",
      holds: p95 < LATENCY_BAR_MS,
    },
    {
      id: "P3",
      work,
      ours: words(ours),
      peer: `@tus/server + file store (no fsync): ${words(theirs)}`,
      ratio,
      bar: "< 1",
      holds: ratio < 1,
    },
    {
      id: "P3",
      work: "resident memory meanwhile",
      ours: `${Math.round(rssBytes / MEBIBYTE)} MiB`,
      peer: "bar: 700 MiB",
      ratio: rssBytes / RSS_BAR_BYTES,
      bar: "< 1",
      holds: rssBytes < RSS_BAR_BYTES,
    },
  ];
}

/**
 * How long each acknowledgement took, of all recordings, which send the same; their beginnings are spread over one
 * interval.
 */
async function recordTogether(receiver: Receiver, spool: readonly Buffer[]): Promise<number[]> {
  const urls: string[] = [];
  for (let made = 0; made < RECORDINGS; made += 1) urls.push(await receiver.begin());
  const agent = new Agent({ keepAlive: true, maxSockets: RECORDINGS });
  const latencies = await Promise.all(
    urls.map(async (url, at) => {
      await delay((at / RECORDINGS) * EVERY_MS);
      return recordOne(receiver, spool, agent, url);
    }),
  );
  agent.destroy();
  for (const url of urls) await receiver.end(url);
  return latencies.flat();
}

async function recordOne(
  { headers }: Receiver,
  spool: readonly Buffer[],
  agent: Agent,
  url: string,
): Promise<number[]> {
  const latencies: number[] = [];
  let dueAt = performance.now();
  for (const [sent, piece] of spool.entries()) {
    const startedAt = performance.now();
    await patch(agent, url, sent * PATCH_BYTES, piece, headers);
    if (sent >= WARM_UP_PATCHES) latencies.push(performance.now() - startedAt);
    dueAt += EVERY_MS;
    await delay(Math.max(0, dueAt - performance.now()));
  }
  return latencies;
}
