import { execFile } from "node:child_process";
import { mkdtemp, rm, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { promisify } from "node:util";
import { runInNewContext } from "node:vm";
import { type Database, openDatabase } from "@/lib/db/database";
import { createLogger } from "@/lib/logging/logger";
import { sweepRetention } from "@/lib/retention/sweep-retention";
import { LocalRecordingStore } from "@/lib/storage/local-recording-store";
import { keepRecordings } from "../support/expired-recordings";
import { onDatabase, startTestPostgres, TEMPLATE } from "../support/test-postgres";
import type { BenchRow } from "./bench-row";

const COUNT = Number(process.env["SORTIE_BENCH_EXPIRED"] ?? 100_000);
const LOT = 5_000;
/** As many rows as the sweep deletes at once. */
const BATCH = 500;
const MAX_GROWTH_MIB = 64;

/** P5: a sweep takes at most twice as long as unlinking the files and deleting the rows with nothing around it. */
export async function run(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "sortie-bench-sweep-"));
  const postgres = await startTestPostgres({ durable: true });
  const db = openDatabase(onDatabase(postgres.url, TEMPLATE), 4);
  try {
    const of = await owner(db);
    await keep(db, folder, of);
    const bareMs = await timed(() => deleteBare(db, folder));
    await keep(db, folder, of);
    const store = new LocalRecordingStore(folder);
    const log = createLogger("silent", "bench");
    const memory = watchMemory();
    const oursMs = await timed(() => sweepRetention({ db, store, log, defaultDays: 30 }));
    return [row(bareMs, oursMs, memory.stop())];
  } finally {
    await db.$disconnect();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function row(bareMs: number, oursMs: number, growthMiB: number): BenchRow {
  const rate = (ms: number) => `${Math.round((COUNT / ms) * 1000)} a second`;
  return {
    id: "P5",
    work: `sweep of ${COUNT} expired recordings on local storage`,
    ours: `${rate(oursMs)}, memory +${Math.round(growthMiB)} MiB`,
    peer: `bare unlink + DELETE ${rate(bareMs)}`,
    ratio: bareMs / oursMs,
    bar: `≥ 0.5×, memory + ${MAX_GROWTH_MIB} MiB at most`,
    holds: bareMs / oursMs >= 0.5 && growthMiB <= MAX_GROWTH_MIB,
  };
}

async function owner(db: Database) {
  const who = { username: "ana", displayName: "ana", passwordHash: "-" };
  const { id: userId } = await db.user.create({ data: who });
  const app = { id: "desktop", name: "Desktop", kind: "desktop", description: "" } as const;
  await db.app.create({ data: app });
  const data = { appId: "desktop", userId, provider: "local" };
  return { userId, sessionId: (await db.session.create({ data })).id };
}

async function keep(
  db: Database,
  root: string,
  of: { readonly userId: string; readonly sessionId: string },
): Promise<void> {
  for (let left = COUNT; left > 0; left -= LOT) {
    await keepRecordings(db, { ...of, root, daysAgo: 31, count: Math.min(LOT, left) });
  }
  await db.$executeRaw`VACUUM ANALYZE "recordings"`;
  // What expires was written long ago; what the preparation has yet to write would be on somebody's bill.
  await promisify(execFile)("sync", ["-f", root]);
}

/** The least that deletes the same files and rows: no claim, no hold, no audit trail. */
async function deleteBare(db: Database, root: string): Promise<void> {
  for (;;) {
    const rows = await db.recording.findMany({
      select: { id: true, storageKey: true },
      take: BATCH,
    });
    if (rows.length === 0) return;
    await Promise.all(
      rows.flatMap(({ storageKey }) => [
        unlink(join(root, storageKey)),
        unlink(join(root, `${storageKey}.poster.webp`)),
      ]),
    );
    await db.recording.deleteMany({ where: { id: { in: rows.map(({ id }) => id) } } });
  }
}

/** From what is in use: what the preparation left to collect would hide a growth, or look like one. */
function watchMemory() {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc()");
  const beforeBytes = process.memoryUsage.rss();
  let mostBytes = beforeBytes;
  const timer = setInterval(() => {
    mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
  }, 50);
  return {
    stop: () => {
      clearInterval(timer);
      return (mostBytes - beforeBytes) / 2 ** 20;
    },
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
