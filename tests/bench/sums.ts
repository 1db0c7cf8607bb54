import { readFile } from "node:fs/promises";
import { openDatabase } from "@/lib/db/database";
import { RecordingUsage } from "@/lib/operations/recording-usage";
import { type BenchRow, milliseconds, quantile } from "./bench-row";
import type { BuiltProduct } from "./built-product";

const MEASURED = 10;
const SUMS_BAR_MS = 1_000;
const HOLDS_BAR_MS = 200;
const EXPORT_BAR = 2;
const MEMORY_BAR = 1.25;
/** Enough to see whether memory grows with the file. */
const EXPORTED_ROWS = 200_000;
const KIBIBYTES_IN_MIB = 1024;

/** What reads more than a page of a million recordings: sums that screens show, and the export. */
export async function measureSums(few: BuiltProduct, many: BuiltProduct): Promise<BenchRow[]> {
  return [
    limited("sums of the Storage tab, made anew", await timesOf(() => sumAnew(many)), SUMS_BAR_MS),
    limited(
      "preview of a policy that deletes nine in ten",
      await timesOf(() => ask(many, "retention/preview", { organisation_days: 30 })),
      SUMS_BAR_MS,
    ),
    limited(
      "holds, one of them on a user with 31,000 recordings",
      await timesOf(() => ask(many, "holds")),
      HOLDS_BAR_MS,
    ),
    await exportBegins(few, many),
    await exportIsFlat(many),
  ];
}

async function timesOf(work: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  await work();
  for (let turn = 0; turn < MEASURED; turn += 1) {
    const startedAt = performance.now();
    await work();
    times.push(performance.now() - startedAt);
  }
  return times;
}

/** Past what the product remembers of them. */
async function sumAnew({ databaseUrl }: BuiltProduct): Promise<void> {
  const db = openDatabase(databaseUrl, 3);
  try {
    await new RecordingUsage({ db, now: () => new Date() }).look();
  } finally {
    await db.$disconnect();
  }
}

async function ask({ origin, headers }: BuiltProduct, path: string, body?: object): Promise<void> {
  const response = await fetch(`${origin}/api/admin/${path}`, {
    headers: { ...headers, origin, "content-type": "application/json" },
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path} was answered ${response.status}`);
  await response.arrayBuffer();
}

async function exportBegins(few: BuiltProduct, many: BuiltProduct): Promise<BenchRow> {
  const [ours, peer] = [
    quantile(await timesOf(() => firstBytes(many)), 0.5),
    quantile(await timesOf(() => firstBytes(few)), 0.5),
  ];
  return {
    id: "P4",
    work: "first bytes of the export of everything",
    ours: `1,000,000 recordings: p50 ${milliseconds(ours)}`,
    peer: `1,000 recordings: p50 ${milliseconds(peer)}`,
    ratio: ours / peer,
    bar: `≤ ${EXPORT_BAR}`,
    holds: ours / peer <= EXPORT_BAR,
  };
}

async function firstBytes(product: BuiltProduct): Promise<void> {
  for await (const bytes of exported(product)) if (bytes.length > 0) return;
}

/** Leaving the loop early ends the download. */
async function* exported({ origin, headers }: BuiltProduct): AsyncGenerator<Uint8Array> {
  const response = await fetch(`${origin}/api/admin/recordings/export`, { headers });
  if (!response.ok || response.body === null) throw new Error(`Answered ${response.status}`);
  for await (const bytes of response.body) yield bytes;
}

/** The most memory while the second half is sent, to the most while the first is. */
async function exportIsFlat(product: BuiltProduct): Promise<BenchRow> {
  const mostKib: [number, number] = [0, 0];
  let rows = 0;
  for await (const bytes of exported(product)) {
    rows += Buffer.from(bytes).toString("latin1").split("\n").length - 1;
    if (rows > EXPORTED_ROWS) break;
    const half = rows < EXPORTED_ROWS / 2 ? 0 : 1;
    mostKib[half] = Math.max(mostKib[half], await residentKib(product));
  }
  const [first, second] = mostKib;
  return {
    id: "P4",
    work: `memory while ${EXPORTED_ROWS.toLocaleString("en")} recordings are exported`,
    ours: `second half: ${Math.round(second / KIBIBYTES_IN_MIB)} MiB`,
    peer: `first half: ${Math.round(first / KIBIBYTES_IN_MIB)} MiB`,
    ratio: second / first,
    bar: `≤ ${MEMORY_BAR}`,
    holds: second / first <= MEMORY_BAR,
  };
}

async function residentKib({ pid }: BuiltProduct): Promise<number> {
  return Number(/VmRSS:\s*(\d+)/.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1]);
}

function limited(work: string, times: readonly number[], barMs: number): BenchRow {
  const ours = quantile(times, 0.95);
  return {
    id: "P4",
    work,
    ours: `1,000,000 recordings: slowest of ${times.length} ${milliseconds(ours)}`,
    peer: `bar: ${milliseconds(barMs)}`,
    ratio: ours / barMs,
    bar: "< 1",
    holds: ours < barMs,
  };
}
