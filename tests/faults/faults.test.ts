import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { radosgw } from "@/tests/support/radosgw";
import { requireCommand } from "@/tests/support/requirements";
import { isPossible, missingHere } from "./missing-here";
import { describePlan, FAULT_KINDS, planRound, type Setting } from "./plan";
import { failed } from "./report";
import { runRound } from "./round";
import { createWorld, type World } from "./world";

/** Between them they have every fault, and a real browser that is killed. `npm run faults` has many more. */
const PLANS = [2_764, 11_433, 25_001, 57_811, 3_136_808].map((seed) => planRound(seed));
const SETTINGS: readonly Setting[] = [
  { backend: "local", jobs: "postgresql" },
  { backend: "s3", jobs: "redis" },
];
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
  expect(PLANS.every((plan) => SETTINGS.some((one) => isDeepStrictEqual(plan.setting, one)))).toBe(
    true,
  );
});

for (const setting of SETTINGS) {
  const plans = PLANS.filter((plan) => isDeepStrictEqual(plan.setting, setting));
  const possible = plans.filter((plan) => canRecord && isPossible(plan, missing));
  const { backend, jobs } = setting;

  describe.skipIf(possible.length === 0)(`recordings on ${backend}, jobs in ${jobs}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await createWorld(setting, backend === "s3" ? await radosgw() : null);
    });
    afterAll(() => world.close());

    for (const plan of plans) {
      test.skipIf(!possible.includes(plan))(`are not lost by ${describePlan(plan)}`, async () => {
        const result = await runRound(world, plan);
        expect(result.offences).toEqual([]);
        expect(result).toSatisfy((one: typeof result) => !failed(one));
        expect(result.acknowledgedBytes).toBeGreaterThan(0);
      });
    }
  });
}
