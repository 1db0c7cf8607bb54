import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { chromium, type Page } from "playwright-core";
import { createIndexer } from "@/lib/media/create-indexer";
import { LocalRecordingStore } from "@/lib/storage/local-recording-store";
import { CHROMIUM_FLAGS } from "@/tests/support/captures";
import { serveRanges } from "@/tests/support/range-server";
import { requireCommand } from "@/tests/support/requirements";
import { type BenchRow, milliseconds, quantile } from "./bench-row";
import { recordFootage, repeated, store } from "./long-recording";

const LENGTH_MS = 2 * 3_600 * 1_000;
const SEEKS = 60;
const runCommand = promisify(execFile);

/** P6: seeking in what we sealed, against the same pictures as ffmpeg writes them with Cues in front. */
export async function run(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "sortie-bench-seek-"));
  try {
    const recordings = new LocalRecordingStore(folder);
    const footage = await recordFootage();
    const stored = await store(recordings, "ours.webm", repeated(footage, LENGTH_MS));
    const { header, endPosition } = createIndexer(stored.saved).sealedHeader();
    await recordings.seal(stored.live, header, endPosition);
    const ours = join(folder, "ours.webm");
    const peer = join(folder, "peer.webm");
    const options = ["-c", "copy", "-cues_to_front", "1"];
    await runCommand("ffmpeg", ["-v", "error", "-y", "-i", ours, ...options, peer]);
    return [await compare(ours, peer)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(ours: string, peer: string): Promise<BenchRow> {
  const server = await serveRanges({ "ours.webm": ours, "peer.webm": peer });
  const executablePath = requireCommand("chromium") ?? "";
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
  try {
    const page = await browser.newPage();
    await page.goto(server.origin);
    const lengths = [await openVideo(page, "ours"), await openVideo(page, "peer")];
    if (lengths.some((length) => Math.abs(length - LENGTH_MS / 1_000) > 60)) {
      throw new Error(`The files should last 2 hours: ${lengths.join(" and ")} s`);
    }
    const ms = { ours: [] as number[], peer: [] as number[] };
    // Steps of the golden ratio go everywhere and never close to where they were.
    for (let i = 1; i <= SEEKS; i += 1) {
      const place = ((i * 0.618_034) % 1) * (LENGTH_MS / 1_000 - 20);
      const order = i % 2 === 0 ? (["ours", "peer"] as const) : (["peer", "ours"] as const);
      for (const name of order) ms[name].push(await seek(page, name, place));
    }
    const show = (values: number[]) =>
      `p50 ${milliseconds(quantile(values, 0.5))}, p95 ${milliseconds(quantile(values, 0.95))}`;
    const ratio = quantile(ms.ours, 0.5) / quantile(ms.peer, 0.5);
    return {
      id: "P6",
      work: `${SEEKS} seeks in a 2 h file in Chromium, from one range server`,
      ours: show(ms.ours),
      peer: `ffmpeg -cues_to_front 1: ${show(ms.peer)}`,
      ratio,
      bar: "≤ 1.2× in p50",
      holds: ratio <= 1.2,
    };
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Resolves to the video's length in seconds once its first picture is there. */
function openVideo(page: Page, name: string): Promise<number> {
  return page.evaluate(async (id) => {
    const video = Object.assign(document.createElement("video"), {
      id,
      muted: true,
      preload: "auto",
    });
    document.body.append(video);
    const loaded = new Promise((resolve) =>
      video.addEventListener("loadeddata", resolve, { once: true }),
    );
    video.src = `/${id}.webm`;
    await loaded;
    return video.duration;
  }, name);
}

/** Milliseconds until the picture at `place` seconds is there. */
function seek(page: Page, name: string, place: number): Promise<number> {
  return page.evaluate(
    async ([id, at]) => {
      const video = document.getElementById(id);
      if (!(video instanceof HTMLVideoElement)) throw new Error("no video");
      const sought = new Promise((resolve) =>
        video.addEventListener("seeked", resolve, { once: true }),
      );
      const start = performance.now();
      video.currentTime = at;
      await sought;
      return performance.now() - start;
    },
    [name, place] as const,
  );
}
