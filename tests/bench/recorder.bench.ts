import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { type Browser, type BrowserServer, chromium, type Page } from "playwright-core";
import { CHROMIUM_FLAGS } from "@/tests/support/captures";
import { descendantsOf } from "@/tests/support/processes";
import { RecorderLab } from "@/tests/support/recorder-lab";
import { requireCommand } from "@/tests/support/requirements";
import { type BenchRow, quantile } from "./bench-row";

const MEBIBYTE = 1024 * 1024;
/** Taken in turns, so that what else the machine does hits both alike. */
const ROUNDS = 3;
const WARM_UP_MS = 5_000;
const MEASURED_MS = 30_000;
/** The promise is an hour's; `SORTIE_BENCH_MINUTES=60` takes it. */
const HEAP_MINUTES = Number(process.env["SORTIE_BENCH_MINUTES"] ?? 5);
/** What a heap may hold more at the end: less than a second of video, were bytes kept. */
const HEAP_BAR_BYTES = MEBIBYTE / 4;
/** Of `/proc`: USER_HZ is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** In the lab's page: what records the canvas. */
const OURS = "lab.prepare(2_000_000_000); lab.start()";
/** The same codec, bit rate, chunks and keyframes, and nothing done with the bytes. */
const BARE = `(() => {
  const stream = document.querySelector("canvas").captureStream(15);
  const options = {
    mimeType: "video/webm;codecs=vp9",
    videoBitsPerSecond: Math.round(1280 * 800 * (2_500_000 / (1280 * 720))),
    videoKeyFrameIntervalDuration: 5_000,
  };
  globalThis.bare = new MediaRecorder(stream, options);
  globalThis.bare.start(1_000);
})()`;

/** P7: what recording costs the browser, against a MediaRecorder alone on the same canvas; and what it keeps. */
export async function run(): Promise<BenchRow[]> {
  const lab = await RecorderLab.start();
  const server = await chromium.launchServer({
    executablePath: requireCommand("chromium") ?? "",
    args: [...CHROMIUM_FLAGS],
  });
  const browser = await chromium.connect(server.wsEndpoint());
  try {
    const shares = { ours: [] as number[], bare: [] as number[] };
    for (let round = 0; round < ROUNDS; round += 1) {
      shares.bare.push(await cpuShare(server, browser, lab.url, BARE));
      shares.ours.push(await cpuShare(server, browser, lab.url, OURS));
    }
    return [
      cpuRow(quantile(shares.ours, 0.5), quantile(shares.bare, 0.5)),
      heapRow(await heapGrowth(browser, lab.url)),
    ];
  } finally {
    await browser.close();
    await server.close();
    await lab.close();
  }
}

async function openScreen(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(url);
  await page.evaluate("lab.show(1280, 800, '#123'); lab.move()");
  return page;
}

/** How many processors the whole browser keeps busy while it records. */
async function cpuShare(
  server: BrowserServer,
  browser: Browser,
  url: string,
  record: string,
): Promise<number> {
  const page = await openScreen(browser, url);
  await page.evaluate(record);
  await delay(WARM_UP_MS);
  const before = await cpuSeconds(server);
  await delay(MEASURED_MS);
  const share = ((await cpuSeconds(server)) - before) / (MEASURED_MS / 1_000);
  await page.close();
  return share;
}

/** Processor time of the browser's processes so far: user and system, fields 14 and 15 of proc(5). */
async function cpuSeconds(server: BrowserServer): Promise<number> {
  const root = server.process().pid ?? 0;
  let ticks = 0;
  for (const pid of [root, ...descendantsOf(root)]) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }
  return ticks / TICKS_PER_SECOND;
}

/** Bytes that the page's heap holds more after so many minutes of recording than after the first, garbage aside. */
async function heapGrowth(browser: Browser, url: string): Promise<number> {
  const page = await openScreen(browser, url);
  const session = await page.context().newCDPSession(page);
  const used = async () => {
    await session.send("HeapProfiler.collectGarbage");
    return (await session.send("Runtime.getHeapUsage")).usedSize;
  };
  await page.evaluate(OURS);
  await delay(60_000);
  const before = await used();
  await delay((HEAP_MINUTES - 1) * 60_000);
  const growth = (await used()) - before;
  await page.close();
  return growth;
}

function cpuRow(ours: number, bare: number): BenchRow {
  const show = (share: number) => `${Math.round(share * 100)} % of a processor`;
  return {
    id: "P7",
    work: "record a moving screen of 1280×800 in Chromium",
    ours: show(ours),
    peer: `MediaRecorder alone: ${show(bare)}`,
    ratio: ours / bare,
    bar: "≤ 1.05",
    holds: ours / bare <= 1.05,
  };
}

function heapRow(growthBytes: number): BenchRow {
  return {
    id: "P7",
    work: `growth of the page's heap from the first to minute ${HEAP_MINUTES} of it`,
    ours: `${Math.round(growthBytes / 1024)} KiB`,
    peer: `bar: ${HEAP_BAR_BYTES / 1024} KiB`,
    ratio: growthBytes / HEAP_BAR_BYTES,
    bar: "≤ 1",
    holds: growthBytes <= HEAP_BAR_BYTES,
  };
}
