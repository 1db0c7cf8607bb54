import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startedRecordingSchema } from "@/lib/recordings/recording-schema";
import { type BenchRow, quantile } from "./bench-row";
import { type BuiltProduct, startBuiltProduct } from "./built-product";
import { type Footage, recordFootage, repeated } from "./long-recording";

const MEBIBYTE = 1024 * 1024;
const PATCH_BYTES = 4 * MEBIBYTE;
const TOTAL_BYTES = 1024 * MEBIBYTE;
const WARM_UP_BYTES = 128 * MEBIBYTE;
/** Taken in turns, so that what else the machine does hits everybody alike. */
const ROUNDS = 3;
const RSS_BAR_BYTES = 64 * MEBIBYTE;

/** Somewhere to send a recording to. */
interface Receiver {
  /** Where a new upload goes. */
  readonly begin: () => Promise<string>;
  /** Forgets the upload, so that the disk stays free. */
  readonly end: (url: string) => Promise<void>;
  readonly headers: Readonly<Record<string, string>>;
}

/** P2: receives 1 GiB as tus PATCHes of 4 MiB, against a bare server and @tus/server on the same disk. */
export async function run(): Promise<BenchRow[]> {
  const footage = await recordFootage();
  const directory = await mkdtemp(join(tmpdir(), "sortie-bench-"));
  const settings = { SORTIE_RECORDING_MAX_SIZE_MB: "2048" };
  const product = await startBuiltProduct(directory, settings);
  const peers = [spawnPeer("bare", directory), spawnPeer("tus", directory)] as const;
  try {
    const ours = productReceiver(product);
    const bare = bareReceiver(await originOf(peers[0]), directory);
    const tus = tusReceiver(await originOf(peers[1]));
    for (const receiver of [ours, bare, tus]) await send(receiver, footage, WARM_UP_BYTES);
    const rssBytes = await resetPeakRss(product.pid);
    const speeds = { ours: [] as number[], bare: [] as number[], tus: [] as number[] };
    for (let round = 0; round < ROUNDS; round += 1) {
      speeds.bare.push(await send(bare, footage, TOTAL_BYTES));
      speeds.ours.push(await send(ours, footage, TOTAL_BYTES));
      speeds.tus.push(await send(tus, footage, TOTAL_BYTES));
    }
    const growthBytes = (await peakRss(product.pid)) - rssBytes;
    return rowsOf(
      quantile(speeds.ours, 0.5),
      quantile(speeds.bare, 0.5),
      quantile(speeds.tus, 0.5),
      growthBytes,
    );
  } finally {
    for (const peer of peers) peer.kill();
    await product.close();
    await rm(directory, { recursive: true });
  }
}

function rowsOf(ours: number, bare: number, tus: number, growthBytes: number): BenchRow[] {
  const work = "receive 1 GiB as PATCHes of 4 MiB, each durable";
  const speed = (bytesPerSecond: number) => `${Math.round(bytesPerSecond / MEBIBYTE)} MiB/s`;
  return [
    {
      id: "P2",
      work,
      ours: speed(ours),
      peer: `node:http + pipeline + fdatasync: ${speed(bare)}`,
      ratio: ours / bare,
      bar: "≥ 0.8",
      holds: ours / bare >= 0.8,
    },
    {
      id: "P2",
      work,
      ours: speed(ours),
      peer: `@tus/server + file store (no fsync): ${speed(tus)}`,
      ratio: ours / tus,
      bar: "> 1",
      holds: ours > tus,
    },
    {
      id: "P2",
      work: "growth of resident memory meanwhile",
      ours: `${Math.round(growthBytes / MEBIBYTE)} MiB`,
      peer: "bar: 64 MiB",
      ratio: growthBytes / RSS_BAR_BYTES,
      bar: "≤ 1",
      holds: growthBytes <= RSS_BAR_BYTES,
    },
  ];
}

/** Sends a recording one PATCH after the other, as a tab does; returns bytes per second. */
async function send(receiver: Receiver, footage: Footage, totalBytes: number): Promise<number> {
  const url = await receiver.begin();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let sendingMs = 0;
  let offset = 0;
  for (const piece of pieces(repeated(footage, Infinity), totalBytes)) {
    const startedAt = performance.now();
    await patch(agent, url, offset, piece, receiver.headers);
    sendingMs += performance.now() - startedAt;
    offset += piece.length;
  }
  agent.destroy();
  await receiver.end(url);
  return totalBytes / (sendingMs / 1000);
}

/** The first `totalBytes` of a stream, a request's worth at a time. */
function* pieces(stream: Iterable<Uint8Array>, totalBytes: number): Generator<Buffer> {
  let piece = Buffer.allocUnsafe(PATCH_BYTES);
  let filled = 0;
  let yielded = 0;
  for (const part of stream) {
    for (let at = 0; at < part.length;) {
      const taken = part.subarray(at, at + PATCH_BYTES - filled);
      piece.set(taken, filled);
      at += taken.length;
      filled += taken.length;
      if (filled < PATCH_BYTES) continue;
      yield piece;
      yielded += PATCH_BYTES;
      if (yielded >= totalBytes) return;
      piece = Buffer.allocUnsafe(PATCH_BYTES);
      filled = 0;
    }
  }
}

async function patch(
  agent: Agent,
  url: string,
  offset: number,
  piece: Buffer,
  headers: Receiver["headers"],
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const tusHeaders = {
      ...headers,
      "tus-resumable": "1.0.0",
      "content-type": "application/offset+octet-stream",
      "upload-offset": offset,
      "content-length": piece.length,
    };
    const sending = request(url, { method: "PATCH", agent, headers: tusHeaders }, (response) => {
      response.resume();
      response.on("end", () => {
        if (response.statusCode === 204) resolve();
        else reject(new Error(`${url} answered ${response.statusCode ?? 0} at ${offset}`));
      });
    });
    sending.on("error", reject);
    sending.end(piece);
  });
}

function productReceiver({ origin, headers, newSession }: BuiltProduct): Receiver {
  return {
    headers,
    begin: async () => {
      const url = `${origin}/api/sessions/${await newSession()}/recording/start`;
      const response = await fetch(url, { method: "POST", headers });
      return origin + startedRecordingSchema.parse(await response.json()).upload_url;
    },
    end: async (url) => {
      await fetch(url, { method: "DELETE", headers: { ...headers, "tus-resumable": "1.0.0" } });
    },
  };
}

function bareReceiver(origin: string, directory: string): Receiver {
  const end = () => rm(join(directory, "bare.webm"), { force: true });
  return { headers: {}, begin: () => Promise.resolve(origin), end };
}

function tusReceiver(origin: string): Receiver {
  const version = { "tus-resumable": "1.0.0" };
  return {
    headers: {},
    begin: async () => {
      const headers = { ...version, "upload-length": String(TOTAL_BYTES * 2) };
      const response = await fetch(`${origin}/files`, { method: "POST", headers });
      return new URL(response.headers.get("location") ?? "", origin).href;
    },
    end: async (url) => {
      await fetch(url, { method: "DELETE", headers: version });
    },
  };
}

function spawnPeer(kind: "bare" | "tus", directory: string): ChildProcess {
  const script = join(import.meta.dirname, "receive-peer.ts");
  return spawn(process.execPath, ["--import", "tsx", script, kind, directory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function originOf(peer: ChildProcess): Promise<string> {
  if (peer.stdout === null) throw new Error("The peer has no output.");
  const [port] = (await once(peer.stdout, "data")) as [Buffer];
  return `http://127.0.0.1:${port.toString().trim()}`;
}

/** Makes the kernel forget the peak so far; returns what is resident now (proc(5), `clear_refs`). */
async function resetPeakRss(pid: number): Promise<number> {
  await writeFile(`/proc/${pid}/clear_refs`, "5");
  return peakRss(pid);
}

async function peakRss(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
