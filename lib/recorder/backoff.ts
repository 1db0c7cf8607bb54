const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/** How long to wait after the given number of failures in a row. */
export type Backoff = (failures: number) => number;

/**
 * Milliseconds to wait after `failures` (1, 2, …) failures in a row: doubles from 0.5 s to 30 s, the upper half of
 * it random so that many tabs do not come back at the same moment.
 */
export const exponentialBackoff: Backoff = (failures) => {
  const ceilingMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures - 1, 16));
  return ceilingMs / 2 + (Math.random() * ceilingMs) / 2;
};
