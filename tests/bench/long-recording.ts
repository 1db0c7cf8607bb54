import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { chromium } from "playwright-core";
import { concat } from "@/lib/media/concat";
import { children, element, ID, readElementHeader, uint } from "@/lib/webm/ebml";
import { createWebmIndexer } from "@/lib/webm";
import { RESERVED_HEADER_BYTES } from "@/lib/media/media-indexer";
import type { LocalRecordingStore } from "@/lib/storage/local-recording-store";
import type { LiveObject } from "@/lib/storage/recording-store";
import { capture, CHROMIUM_FLAGS } from "@/tests/support/captures";
import { requireCommand } from "@/tests/support/requirements";

/** What Chromium recorded, in pieces that can be said again at another time. */
export interface Footage {
  readonly raw: Uint8Array;
  readonly head: Uint8Array;
  /** Each Cluster's moment and what follows its Timestamp. */
  readonly clusters: readonly { readonly ticks: number; readonly rest: Uint8Array }[];
  readonly lengthMs: number;
}

/** Ten seconds of a moving 1280 × 720 canvas, with a keyframe each 5 s, as the product records. */
export async function recordFootage(): Promise<Footage> {
  const executablePath = requireCommand("chromium");
  if (executablePath === null) throw new Error("The bench needs chromium.");
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
  try {
    const { bytes } = await capture(await browser.newPage(), {
      mimeType: "video/webm;codecs=vp8",
      canvas: "opaque",
      recordMs: 10_000,
      width: 1_280,
      keyframeEveryMs: 5_000,
    });
    return footageOf(bytes);
  } finally {
    await browser.close();
  }
}

/** Takes a recording apart. */
export function footageOf(raw: Uint8Array): Footage {
  const starts: number[] = [];
  const masters: ReadonlySet<number> = new Set([ID.segment, ID.cluster]);
  for (let at = 0; at < raw.length;) {
    const header = readElementHeader(raw, at);
    if (header === null) break;
    if (header.id === ID.cluster) starts.push(at);
    at += header.headerBytes + (masters.has(header.id) ? 0 : Number(header.size));
  }
  const clusters = starts.map((start, i) => {
    const cluster = raw.subarray(start, starts[i + 1] ?? raw.length);
    const data = cluster.subarray(readElementHeader(cluster, 0)?.headerBytes);
    const [timestamp] = children(data);
    if (timestamp?.id !== ID.timestamp) throw new Error("a Cluster without a Timestamp");
    const ticks = timestamp.data.reduce((value, byte) => value * 256 + byte, 0);
    return { ticks, rest: data.subarray(timestamp.raw.length) };
  });
  const indexer = createWebmIndexer();
  indexer.feed(raw);
  const lengthMs = Math.ceil(indexer.encodedMs);
  return { raw, head: raw.subarray(0, starts[0]), clusters, lengthMs };
}

/**
 * The same pictures over and over for `lengthMs`, on one clock: a stream such as a browser would send.
 * With `atLeastBytes`, Clusters are filled up with Void so that the whole is that large, however little
 * a busy machine's encoder gave.
 */
export function* repeated(
  footage: Footage,
  lengthMs: number,
  atLeastBytes = 0,
): Generator<Uint8Array> {
  yield footage.head;
  const UNKNOWN_SIZE = Uint8Array.of(0x01, 255, 255, 255, 255, 255, 255, 255);
  const clusterCount = Math.ceil(lengthMs / footage.lengthMs) * footage.clusters.length;
  const clusterBytes = Math.ceil(atLeastBytes / clusterCount);
  for (let start = 0; start < lengthMs; start += footage.lengthMs) {
    for (const { ticks, rest } of footage.clusters) {
      const timestamp = element(ID.timestamp, uint(start + ticks));
      const missing = clusterBytes - rest.length;
      const filling = missing > 0 ? element(ID.void, new Uint8Array(missing)) : new Uint8Array(0);
      yield concat(uint(ID.cluster), UNKNOWN_SIZE, timestamp, filling, rest);
    }
  }
}

export interface StoredRecording {
  readonly live: LiveObject;
  /** The indexer's state, as the row keeps it. */
  readonly saved: Uint8Array;
  readonly bytes: number;
}

/** Takes the stream in as the server does, a commit each 64 MiB. */
export async function store(
  to: LocalRecordingStore,
  key: string,
  stream: Iterable<Uint8Array>,
): Promise<StoredRecording> {
  const indexer = createWebmIndexer();
  let live: LiveObject = { key, state: await to.begin(key, RESERVED_HEADER_BYTES) };
  let sink = await to.openAppend(live, indexer.bodyEnd);
  let uncommitted = 0;
  let hasHeader = false;
  for (const piece of stream) {
    const body = indexer.feed(piece);
    if (!hasHeader && indexer.index !== null) {
      await sink.writeHeader(indexer.liveHeader());
      hasHeader = true;
    }
    await sink.write(body, indexer.blockEnd);
    uncommitted += body.length;
    if (uncommitted < 64 * 1024 * 1024) continue;
    live = { key, state: await sink.commit() };
    sink = await to.openAppend(live, indexer.bodyEnd);
    uncommitted = 0;
  }
  live = { key, state: await sink.commit() };
  return { live, saved: indexer.save(), bytes: indexer.bodyEnd };
}

/** The stream as a file, for tools that know nothing of us. */
export async function writeRaw(path: string, stream: Iterable<Uint8Array>): Promise<void> {
  const file = createWriteStream(path);
  for (const piece of stream) if (!file.write(piece)) await once(file, "drain");
  file.end();
  await once(file, "finish");
}
