import { parseArgs } from "node:util";
import { missingHere } from "./missing-here";
import {
  describePlan,
  FAULT_KINDS,
  type FaultKind,
  type Plan,
  planRound,
  type PlanOptions,
} from "./plan";
import { failed, summary } from "./report";
import { type RoundResult, runRound } from "./round";
import { createWorld } from "./world";

/** Ctrl-C ends after the round that is under way, so that nothing stays behind. */
let isStopping = false;

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
  process.on("SIGINT", () => (isStopping = true));
  for (const jobs of ["postgresql", "redis"] as const) {
    results.push(...(await runAll(plans.filter(({ setting }) => setting.jobs === jobs))));
  }
  console.log(`\n${summary(results)}`);
  if (results.some(failed)) process.exitCode = 1;
}

/** One after the other in one world. */
async function runAll(plans: readonly Plan[]): Promise<RoundResult[]> {
  const [plan] = plans;
  if (plan === undefined) return [];
  const world = await createWorld(plan.setting);
  try {
    const results: RoundResult[] = [];
    for (const plan of plans) {
      if (isStopping) break;
      const result = await runRound(world, plan);
      results.push(result);
      const mark = failed(result) ? "✗" : "✓";
      console.log(`${mark} ${describePlan(plan)} (${(result.tookMs / 1000).toFixed(0)} s)`);
      for (const offence of result.offences) console.log(`    ${offence}`);
    }
    return results;
  } finally {
    await world.close();
  }
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
