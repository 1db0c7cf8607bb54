import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireCommand } from "@/tests/support/requirements";
import { isPossible, missingHere } from "./missing-here";
import { describePlan, FAULT_KINDS, planRound } from "./plan";
import { failed } from "./report";
import { runRound } from "./round";
import { createWorld, type World } from "./world";

/** Between them they have every fault, and a real browser that is killed. `npm run faults` has many more. */
const PLANS = [63, 104, 21, 29782].map((seed) => planRound(seed));
const canRecord = ["chromium", "ffmpeg", "ffprobe"].every((name) => requireCommand(name) !== null);
const missing = missingHere();

test("a seed says everything about a round", () => {
  expect(planRound(7)).toEqual(planRound(7));
  expect(planRound(7)).not.toEqual(planRound(8));
});

test("the rounds that are always run try every fault", () => {
  const tried = new Set(PLANS.flatMap(({ faults }) => faults.map(({ kind }) => kind)));
  expect([...tried].sort()).toEqual([...FAULT_KINDS].sort());
  expect(PLANS.map(({ sender }) => sender.kind)).toContain("browser");
});

for (const jobs of ["postgresql", "redis"] as const) {
  const plans = PLANS.filter(({ setting }) => setting.jobs === jobs);
  const possible = plans.filter((plan) => canRecord && isPossible(plan, missing));

  describe.skipIf(possible.length === 0)(`with its jobs in ${jobs}, nothing is lost`, () => {
    let world: World;
    beforeAll(async () => {
      world = await createWorld({ backend: "local", jobs });
    });
    afterAll(() => world.close());

    for (const plan of plans) {
      test.skipIf(!possible.includes(plan))(`whatever fails: ${describePlan(plan)}`, async () => {
        const result = await runRound(world, plan);
        expect(result.offences).toEqual([]);
        expect(result).toSatisfy((one: typeof result) => !failed(one));
        expect(result.acknowledgedBytes).toBeGreaterThan(0);
      });
    }
  });
}
