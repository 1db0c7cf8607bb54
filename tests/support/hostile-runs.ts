interface Runs {
  readonly seed?: number;
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
 * How often a generated test runs, for fast-check. A failure prints its seed and its smallest case;
 * `SORTIE_TEST_SEED` repeats it, and `SORTIE_TEST_EFFORT` multiplies the runs.
 */
export function hostileRuns(numRuns: number): Runs {
  const seed = process.env["SORTIE_TEST_SEED"];
  return {
    ...(seed && { seed: Number(seed) }),
    numRuns: Math.ceil(numRuns * effort),
    interruptAfterTimeLimit: LIMIT_MS,
    markInterruptAsFailure: true,
  };
}
