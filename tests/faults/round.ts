import { setTimeout as delay } from "node:timers/promises";
import { RECORDING_LEASE_MS } from "@/lib/recordings/reap-abandoned-recordings";
import { JOB_NAMES, JOBS } from "@/lib/queue/jobs";
import { inflict } from "./inflict";
import { type Fault, type Plan, type SenderPlan } from "./plan";
import { startBrowserSender } from "./senders/browser-sender";
import type { Sender } from "./senders/sender";
import { startTusSenders } from "./senders/tus-senders";
import type { ServerProcess } from "./server-process";
import { findOrphans, judge, type Verdict } from "./verdict";
import type { World } from "./world";

/** Once nothing fails any more, everything has to be as it should within this time. */
const SETTLING_MS = 90_000;
const POLL_MS = 100;

export interface RoundResult {
  readonly plan: Plan;
  readonly recordings: number;
  readonly acknowledgedBytes: number;
  readonly lostBytes: number;
  readonly stuck: number;
  /** How much of what was on the screen a killed browser took with it; null where none was killed. */
  readonly unsentMs: number | null;
  readonly offences: readonly string[];
  readonly tookMs: number;
}

/** Records while everything in the plan fails, and judges what is left of it. */
export async function runRound(world: World, plan: Plan): Promise<RoundResult> {
  const startedAt = performance.now();
  const sender = await startSender(world, plan.sender);
  try {
    const offences = await endure(world, plan, sender);
    const verdicts: Verdict[] = [];
    const isWhole = !isKilled(plan) || sender.comeBack !== null;
    for (const ledger of sender.ledgers) verdicts.push(await judge(world, ledger, isWhole));
    offences.push(...(await findOrphans(world)).map((path) => `${path} belongs to nobody`));
    offences.push(...verdicts.flatMap((verdict) => verdict.offences));
    return {
      plan,
      recordings: verdicts.length,
      acknowledgedBytes: sum(verdicts.map(({ acknowledgedBytes }) => acknowledgedBytes)),
      lostBytes: sum(verdicts.map(({ lostBytes }) => lostBytes)),
      stuck: verdicts.filter(({ isStuck }) => isStuck).length,
      unsentMs: unsentMs(sender, verdicts),
      offences,
      tookMs: performance.now() - startedAt,
    };
  } finally {
    await sender.close();
  }
}

function startSender(world: World, plan: SenderPlan): Promise<Sender> {
  return plan.kind === "browser" ? startBrowserSender(world, plan) : startTusSenders(world, plan);
}

/** From the first fault until all is quiet again. Answers with what no process may do. */
async function endure(world: World, plan: Plan, sender: Sender): Promise<string[]> {
  await Promise.all(plan.faults.map((fault) => inflict(world, sender, fault)));
  const offences = await revive(world);
  if (!(await inTime(sender.ended))) offences.push("its sender could not get rid of all it had");
  await letReaperWork(world, sender);
  if (isKilled(plan) && sender.comeBack !== null) {
    if (!(await inTime(sender.comeBack()))) {
      offences.push("its sender came back and could not get rid of all it had");
    }
    await letReaperWork(world, sender);
  }
  await restoreClocks(world, plan.faults);
  return [...offences, ...(await missingJobs(world)), ...(await revive(world))];
}

function isKilled({ faults }: Plan): boolean {
  return faults.some(({ kind }) => kind === "kill-sender");
}

/** Notes and starts again what ended by itself. */
async function revive({ webs, worker }: World): Promise<string[]> {
  const offences: string[] = [];
  const named: readonly (readonly [string, ServerProcess])[] = [
    ...webs.map((web) => ["a web process", web] as const),
    ["the worker", worker],
  ];
  for (const [name, process] of named) {
    if (process.lastWords === null) continue;
    offences.push(`${name} ended by itself: ${process.lastWords}`);
    await process.start();
  }
  return offences;
}

/** Has the worker look for abandoned recordings as if these had been silent for long, until none is unfinished. */
async function letReaperWork(world: World, sender: Sender): Promise<void> {
  const ids = sender.ledgers.map(({ recordingId }) => recordingId);
  const deadline = performance.now() + SETTLING_MS;
  let enqueuedAt = -Infinity;
  while (performance.now() < deadline) {
    const unfinished = await world.db.recording.count({
      where: { id: { in: ids }, status: { in: ["recording", "uploading"] } },
    });
    if (unfinished === 0) return;
    if (performance.now() - enqueuedAt > RETRY_REAPING_MS) {
      await letTimePass(world, ids);
      await world.queue.enqueue("reap-abandoned", {});
      enqueuedAt = performance.now();
    }
    await delay(POLL_MS);
  }
}

const RETRY_REAPING_MS = 5_000;

/** Jobs that nobody would make any more, or not for long: what they look after would be left alone. */
async function missingJobs({ nextJobs }: World): Promise<string[]> {
  const deadline = performance.now() + SETTLING_MS;
  for (;;) {
    const next = await nextJobs();
    const missing = JOB_NAMES.filter((name) => {
      const waitMs = (next.get(name)?.getTime() ?? Infinity) - Date.now();
      return waitMs > 2 * JOBS[name].everyMs;
    });
    if (missing.length === 0) return [];
    if (performance.now() > deadline) {
      return missing.map((name) => `${name} is to run next at ${String(next.get(name))}`);
    }
    await delay(POLL_MS);
  }
}

/** Claims of those that died run out, and the sender has been silent for the reaper's time. */
async function letTimePass({ db }: World, ids: readonly string[]): Promise<void> {
  await db.$executeRaw`
    UPDATE "recordings"
       SET "append_expires_at" = "append_expires_at" - interval '1 hour',
           "last_append_at" = "last_append_at" - ${RECORDING_LEASE_MS}::float8 * interval '1 millisecond'
     WHERE "id" = ANY(${ids}::uuid[])`;
}

async function inTime(work: Promise<void>): Promise<boolean> {
  const deadline = new AbortController();
  const late = delay(SETTLING_MS, false, { signal: deadline.signal }).catch(() => false);
  const done = await Promise.race([work.then(() => true), late]);
  deadline.abort();
  return done;
}

function unsentMs(sender: Sender, verdicts: readonly Verdict[]): number | null {
  const [verdict] = verdicts;
  if (sender.shownMs === null || verdict === undefined) return null;
  return Math.max(0, sender.shownMs - (verdict.lastFrameMs ?? 0));
}

/** A process that was given a wrong clock starts again with the right one. */
async function restoreClocks(
  { webs, worker, postgres }: World,
  faults: readonly Fault[],
): Promise<void> {
  for (const { kind } of faults) {
    const victim = kind === "skew-web" ? webs[0] : kind === "skew-worker" ? worker : undefined;
    await victim?.kill();
    await victim?.start();
    if (kind !== "skew-postgres") continue;
    await postgres.kill();
    await postgres.startAgain();
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
