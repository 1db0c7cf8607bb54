import { randomInt } from "node:crypto";

interface Runs {
  readonly seed: number;
  readonly numRuns: number;
  readonly interruptAfterTimeLimit: number;
  readonly markInterruptAsFailure: true;
}

const effort = Number(process.env["SORTIE_TEST_EFFORT"] ?? 1);

/** Looking for a smaller case that fails as well ends here, so that a failure is told at all. */
const LIMIT_MS = 100_000 * Math.max(1, effort);
/** For a test that generates its cases: enough for the last of them to end. */
export const HOSTILE_TIMEOUT_MS = LIMIT_MS + 60_000;

/**
 * How often the running test, which generates so many inputs a run, runs, for fast-check. Says so, with the
 * seed. A failure prints its smallest case too; `SORTIE_TEST_SEED` repeats it, and `SORTIE_TEST_EFFORT` multiplies the runs.
 */
export function hostileRuns(runs: number, inputsPerRun = 1): Runs {
  const seed = Number(process.env["SORTIE_TEST_SEED"] ?? randomInt(2 ** 31));
  const numRuns = Math.ceil(runs * effort);
  console.info(`${numRuns * inputsPerRun} generated inputs, seed ${seed}`);
  return {
    seed,
    numRuns,
    interruptAfterTimeLimit: LIMIT_MS,
    markInterruptAsFailure: true,
  };
}
