import { createReadStream } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { startedRecordingSchema } from "@/lib/recordings/recording-schema";
import { type BenchRow, quantile } from "./bench-row";
import { type BuiltProduct, startBuiltProduct } from "./built-product";
import { recordFootage, repeated, writeRaw } from "./long-recording";
import {
  answered,
  bareReceiver,
  patch,
  type Peer,
  peakRss,
  pieces,
  productReceiver,
  type Receiver,
  resetPeakRss,
  startPeer,
  tusReceiver,
} from "./receivers";

const MEBIBYTE = 1024 * 1024;
const PATCH_BYTES = 4 * MEBIBYTE;
const TOTAL_BYTES = 1024 * MEBIBYTE;
/** Taken in turns, so that what else the machine does hits everybody alike. */
const ROUNDS = 3;
const RSS_BAR_BYTES = 64 * MEBIBYTE;

/** Sends the whole spool; returns bytes per second. */
type Sending = () => Promise<number>;

/**
 * P2: receives 1 GiB, as tus PATCHes and as one form, against bare servers and @tus/server on the same disk.
 * What is sent comes from a spool on the disk, as in a tab: made up meanwhile, it would have this process collect
 * garbage half of the time that is measured.
 */
export async function run(): Promise<BenchRow[]> {
  const directory = await mkdtemp(join(tmpdir(), "sortie-bench-"));
  const spool = join(directory, "spool.webm");
  const stream = repeated(await recordFootage(), Infinity);
  await writeRaw(spool, pieces(stream, MEBIBYTE, TOTAL_BYTES));
  const settings = { SORTIE_RECORDING_MAX_SIZE_MB: "2048" };
  const product = await startBuiltProduct(directory, settings);
  const [bare, form, tus] = await Promise.all([
    startPeer("bare", directory),
    startPeer("form", directory),
    startPeer("tus", directory),
  ]);
  const asPatches = (receiver: Receiver): Sending => {
    return () => sendPatches(receiver, spool);
  };
  const asForm = (begin: () => Promise<FormTarget>): Sending => {
    return async () => sendForm(await begin(), spool);
  };
  try {
    const patches = await race(product, {
      ours: asPatches(productReceiver(product)),
      bare: asPatches(bareReceiver(bare, directory)),
      tus: asPatches(tusReceiver(tus, TOTAL_BYTES * 2)),
    });
    const forms = await race(product, {
      ours: asForm(() => productForm(product)),
      bare: asForm(() => Promise.resolve(bareForm(form))),
    });
    return [...patchRows(patches), ...formRows(forms)];
  } finally {
    for (const peer of [bare, form, tus]) peer.stop();
    await product.close();
    await rm(directory, { recursive: true });
  }
}

interface Race {
  /** Median bytes per second, by runner. */
  readonly speeds: Readonly<Record<string, number>>;
  /** How much more of our memory was resident at a time than before. */
  readonly growthBytes: number;
}

async function race(
  product: BuiltProduct,
  runners: Readonly<Record<string, Sending>>,
): Promise<Race> {
  for (const send of Object.values(runners)) await send();
  const rssBytes = await resetPeakRss(product.pid);
  const rounds: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, send] of Object.entries(runners)) {
      // A virtual machine's host takes freed memory back within seconds: whoever writes first would pay for it.
      await send();
      (rounds[name] ??= []).push(await send());
    }
  }
  const growthBytes = (await peakRss(product.pid)) - rssBytes;
  const medians = Object.entries(rounds).map(([name, speeds]) => [name, quantile(speeds, 0.5)]);
  return { speeds: Object.fromEntries(medians) as Race["speeds"], growthBytes };
}

const perSecond = (bytes: number) => `${Math.round(bytes / MEBIBYTE)} MiB/s`;

function patchRows({ speeds: { ours = 0, bare = 0, tus = 0 }, growthBytes }: Race): BenchRow[] {
  const work = "receive 1 GiB as PATCHes of 4 MiB, each durable";
  return [
    atLeast(0.8, work, ours, bare, "node:http + pipeline + fdatasync"),
    {
      id: "P2",
      work,
      ours: perSecond(ours),
      peer: `@tus/server + file store (no fsync): ${perSecond(tus)}`,
      ratio: ours / tus,
      bar: "> 1",
      holds: ours > tus,
    },
    growthRow(growthBytes),
  ];
}

function formRows({ speeds: { ours = 0, bare = 0 }, growthBytes }: Race): BenchRow[] {
  const work = "receive 1 GiB as one form, durable and sealed";
  return [
    atLeast(0.8, work, ours, bare, "node:http + busboy + pipeline + fdatasync"),
    growthRow(growthBytes),
  ];
}

function atLeast(bar: number, work: string, ours: number, theirs: number, peer: string): BenchRow {
  const ratio = ours / theirs;
  return {
    id: "P2",
    work,
    ours: perSecond(ours),
    peer: `${peer}: ${perSecond(theirs)}`,
    ratio,
    bar: `≥ ${bar}`,
    holds: ratio >= bar,
  };
}

function growthRow(growthBytes: number): BenchRow {
  return {
    id: "P2",
    work: "growth of resident memory meanwhile",
    ours: `${Math.round(growthBytes / MEBIBYTE)} MiB`,
    peer: "bar: 64 MiB",
    ratio: growthBytes / RSS_BAR_BYTES,
    bar: "≤ 1",
    holds: growthBytes <= RSS_BAR_BYTES,
  };
}

/** Sends a recording one PATCH after the other, as a tab does; returns bytes per second. */
async function sendPatches(receiver: Receiver, spool: string): Promise<number> {
  const url = await receiver.begin();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const piece = Buffer.alloc(PATCH_BYTES);
  const file = await open(spool);
  let sendingMs = 0;
  for (let offset = 0; offset < TOTAL_BYTES; offset += piece.length) {
    await file.read(piece, 0, piece.length, offset);
    const startedAt = performance.now();
    await patch(agent, url, offset, piece, receiver.headers);
    sendingMs += performance.now() - startedAt;
  }
  await file.close();
  agent.destroy();
  await receiver.end(url);
  return TOTAL_BYTES / (sendingMs / 1000);
}

/** Where one form goes, and what it says beside the file. */
interface FormTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly recordingId: string;
  readonly end: () => Promise<void>;
}

async function productForm({ origin, headers, newSession }: BuiltProduct): Promise<FormTarget> {
  const base = `${origin}/api/sessions/${await newSession()}/recording`;
  const response = await fetch(`${base}/start`, { method: "POST", headers });
  const { recording_id: recordingId } = startedRecordingSchema.parse(await response.json());
  const end = async () => {
    await fetch(`${origin}/api/recordings/${recordingId}`, { method: "DELETE", headers });
  };
  return { url: `${base}/upload`, headers, recordingId, end };
}

function bareForm({ origin }: Peer): FormTarget {
  return { url: origin, headers: {}, recordingId: "one", end: () => Promise.resolve() };
}

/** Sends a whole recording as one form; returns bytes per second. */
async function sendForm(target: FormTarget, spool: string): Promise<number> {
  const boundary = "sortie-bench";
  const part = `--${boundary}\r\ncontent-disposition: form-data; name=`;
  const startedAt = performance.now();
  const sending = request(target.url, {
    method: "POST",
    headers: { ...target.headers, "content-type": `multipart/form-data; boundary=${boundary}` },
  });
  const done = answered(sending, 200);
  sending.write(`${part}"recording_id"\r\n\r\n${target.recordingId}\r\n`);
  sending.write(`${part}"file"; filename="recording.webm"\r\n\r\n`);
  const bytes = createReadStream(spool, { highWaterMark: MEBIBYTE });
  await pipeline(bytes, sending, { end: false });
  sending.end(`\r\n--${boundary}--\r\n`);
  await done;
  const sendingMs = performance.now() - startedAt;
  await target.end();
  return TOTAL_BYTES / (sendingMs / 1000);
}
