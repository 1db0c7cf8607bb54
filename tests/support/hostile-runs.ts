interface Runs {
  readonly seed?: number;
  readonly numRuns: number;
}

/**
 * How often a generated test runs, for fast-check. A failure prints its seed and its smallest case;
 * `SORTIE_TEST_SEED` repeats it, and `SORTIE_TEST_EFFORT` multiplies the runs.
 */
export function hostileRuns(numRuns: number): Runs {
  const seed = process.env["SORTIE_TEST_SEED"];
  const effort = Number(process.env["SORTIE_TEST_EFFORT"] ?? 1);
  return { numRuns: Math.ceil(numRuns * effort), ...(seed && { seed: Number(seed) }) };
}
