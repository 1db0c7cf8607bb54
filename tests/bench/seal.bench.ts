import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  ALL_FORMATS,
  Conversion,
  FilePathSource,
  FilePathTarget,
  Input,
  Output,
  WebMOutputFormat,
} from "mediabunny";
import { createIndexer } from "@/lib/media/create-indexer";
import { LocalRecordingStore } from "@/lib/storage/local-recording-store";
import { type BenchRow, milliseconds, quantile } from "./bench-row";
import { recordFootage, repeated, store, type StoredRecording, writeRaw } from "./long-recording";

const SHORT_MS = 10_000;
const LONG_MS = 2 * 3_600 * 1_000;
const LONG_BYTES = 2e9;
const SEALS = 60;

const runCommand = promisify(execFile);

/** P1: a seal takes the same time whatever the length, and is ahead of what would rewrite the file. */
export async function run(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "sortie-bench-seal-"));
  try {
    const footage = await recordFootage();
    const recordings = new LocalRecordingStore(join(folder, "recordings"));
    const short = await store(recordings, "short.webm", repeated(footage, SHORT_MS));
    const long = await store(recordings, "long.webm", repeated(footage, LONG_MS, LONG_BYTES));
    const shortMs: number[] = [];
    const longMs: number[] = [];
    // Taking turns at going first: each finds the disk as the other left it.
    for (let i = 0; i < SEALS; i += 1) {
      if (i % 2 === 0) shortMs.push(await timedSeal(recordings, short));
      longMs.push(await timedSeal(recordings, long));
      if (i % 2 === 1) shortMs.push(await timedSeal(recordings, short));
    }
    const sizes = `10 s / ${megabytes(short.bytes)} and 2 h / ${megabytes(long.bytes)}`;
    await recordings.delete("short.webm");
    await recordings.delete("long.webm");

    const raw = join(folder, "raw.webm");
    await writeRaw(raw, repeated(footage, LONG_MS, LONG_BYTES));
    const out = join(folder, "out.webm");
    const ffmpegMs = await timed(() =>
      runCommand("ffmpeg", ["-v", "error", "-y", "-i", raw, "-c", "copy", out]),
    );
    const mediabunnyMs = await timed(() => remux(raw, out));
    return rows(sizes, { shortMs, longMs, ffmpegMs, mediabunnyMs });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Timings {
  shortMs: number[];
  longMs: number[];
  ffmpegMs: number;
  mediabunnyMs: number;
}

function rows(sizes: string, { shortMs, longMs, ffmpegMs, mediabunnyMs }: Timings): BenchRow[] {
  const long = { p50: quantile(longMs, 0.5), p95: quantile(longMs, 0.95) };
  const short = { p50: quantile(shortMs, 0.5), p95: quantile(shortMs, 0.95) };
  const show = (t: typeof long) => `p50 ${milliseconds(t.p50)}, p95 ${milliseconds(t.p95)}`;
  const ratio = long.p50 / short.p50;
  const against = (peerName: string, peerMs: number): BenchRow => ({
    id: "P1",
    work: `make a 2 h recording seekable: our seal, ${peerName}`,
    ours: show(long),
    peer: `${peerName} ${milliseconds(peerMs)}`,
    ratio: long.p95 / peerMs,
    bar: "< 1×, our p95",
    holds: long.p95 < peerMs,
  });
  return [
    {
      id: "P1",
      work: `seal, ${sizes}`,
      ours: `2 h: ${show(long)}`,
      peer: `10 s: ${show(short)}`,
      ratio,
      bar: "≤ 1.5× in p50, p95 < 300 ms",
      holds: ratio <= 1.5 && long.p95 < 300 && short.p95 < 300,
    },
    against("ffmpeg -c copy", ffmpegMs),
    against("mediabunny", mediabunnyMs),
  ];
}

/** From the state in the row to the finished file; then it is opened again, with a partial block at its end. */
async function timedSeal(
  recordings: LocalRecordingStore,
  recording: StoredRecording,
): Promise<number> {
  const { live, saved } = recording;
  const { blockEnd } = createIndexer(saved);
  const elapsedMs = await timed(async () => {
    const { header, endPosition } = createIndexer(saved).sealedHeader();
    await recordings.seal(live, header, endPosition);
  });
  await recordings.reopen(live);
  const sink = await recordings.openAppend(live, blockEnd);
  await sink.write(new Uint8Array(4_096), blockEnd);
  await sink.commit();
  return elapsedMs;
}

async function remux(from: string, to: string): Promise<void> {
  const input = new Input({ source: new FilePathSource(from), formats: ALL_FORMATS });
  const output = new Output({ format: new WebMOutputFormat(), target: new FilePathTarget(to) });
  const conversion = await Conversion.init({ input, output });
  await conversion.execute();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
