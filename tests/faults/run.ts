import { isDeepStrictEqual, parseArgs } from "node:util";
import { startCluster } from "@/tests/support/radosgw-cluster";
import { missingHere } from "./missing-here";
import {
  describePlan,
  FAULT_KINDS,
  type FaultKind,
  type Plan,
  planRound,
  type PlanOptions,
  type Setting,
} from "./plan";
import { failed, summary } from "./report";
import { type RoundResult, runRound } from "./round";
import { createWorld, type World } from "./world";

const SETTINGS: readonly Setting[] = [
  { backend: "local", jobs: "postgresql" },
  { backend: "local", jobs: "redis" },
  { backend: "s3", jobs: "postgresql" },
  { backend: "s3", jobs: "redis" },
];

/** Ctrl-C ends after the round that is under way, so that nothing stays behind. */
const stopping = new AbortController();
const isStopping = () => stopping.signal.aborted;

/**
 * `npm run faults -- --rounds 200 --seed 1 --only kill-web`: records while things fail, and prints what became
 * of it. A seed always makes the same plan; what the machine makes of it differs from run to run.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "20" },
      seed: { type: "string", default: "1" },
      only: { type: "string" },
    },
  });
  const only = faultKind(values.only);
  const options: PlanOptions = { without: without(), ...(only === undefined ? {} : { only }) };
  const first = Number(values.seed);
  const seeds = Array.from({ length: Number(values.rounds) }, (_, index) => first + index);
  const plans = seeds.map((seed) => planRound(seed, options));
  const results: RoundResult[] = [];
  process.on("SIGINT", () => stopping.abort());
  for (const setting of SETTINGS) {
    const matching = plans.filter((plan) => isDeepStrictEqual(plan.setting, setting));
    results.push(...(await runAll(setting, matching)));
  }
  console.log(`\n${summary(results)}`);
  if (results.some(failed)) process.exitCode = 1;
}

/** One after the other; in a new world after a round that broke this one. */
async function runAll(setting: Setting, plans: readonly Plan[]): Promise<RoundResult[]> {
  if (plans.length === 0 || isStopping()) return [];
  const cluster = setting.backend === "s3" ? await startCluster() : null;
  const results: RoundResult[] = [];
  try {
    while (results.length < plans.length && !isStopping()) {
      const world = await createWorld(setting, cluster?.address);
      try {
        results.push(...(await runIn(world, plans.slice(results.length))));
      } finally {
        await world.close();
      }
    }
  } finally {
    await cluster?.stop();
  }
  return results;
}

/** Up to the first round that cannot be judged. */
async function runIn(world: World, plans: readonly Plan[]): Promise<RoundResult[]> {
  const results: RoundResult[] = [];
  for (const plan of plans) {
    if (isStopping()) break;
    const outcome = await runRound(world, plan).catch((error: unknown) => String(error));
    const result = typeof outcome === "string" ? brokenRound(plan, outcome) : outcome;
    results.push(result);
    const mark = failed(result) ? "✗" : "✓";
    console.log(`${mark} ${describePlan(plan)} (${(result.tookMs / 1000).toFixed(0)} s)`);
    for (const offence of result.offences) console.log(`    ${offence}`);
    if (typeof outcome === "string") break;
  }
  return results;
}

function brokenRound(plan: Plan, why: string): RoundResult {
  const nothing = { recordings: 0, acknowledgedBytes: 0, lostBytes: 0, stuck: 0 };
  return { plan, ...nothing, unsentMs: null, offences: [`the round broke: ${why}`], tookMs: 0 };
}

function faultKind(name: string | undefined): FaultKind | undefined {
  if (name === undefined) return undefined;
  const known = FAULT_KINDS.find((kind) => kind === name);
  if (known === undefined) throw new Error(`--only takes one of ${FAULT_KINDS.join(", ")}.`);
  return known;
}

/** Says what this machine cannot do: nobody should take that for something that was tried. */
function without(): NonNullable<PlanOptions["without"]> {
  const missing = missingHere();
  for (const { what, why } of missing) console.log(`! skipped: ${what}: ${why}`);
  return new Set(missing.map(({ what }) => what));
}

await main();
