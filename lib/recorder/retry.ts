import { exponentialBackoff } from "./backoff";
import type { Clock } from "./clock";
import { ApiError } from "./recording-api";
import type { Link } from "./recorder-state";
import type { Signal } from "./signal";

export interface RetryOptions {
  readonly clock: Clock;
  /** Rung when trying again at once makes sense. */
  readonly wake: Signal;
  readonly onLink: (link: Link) => void;
}

/**
 * Repeats `task` until it succeeds, without end.
 * @throws what `task` threw when trying again is of no use
 */
export async function untilItPasses<T>(
  task: () => Promise<T>,
  { clock, wake, onLink }: RetryOptions,
): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      const result = await task();
      if (failures > 1) onLink({ state: "online" });
      return result;
    } catch (error) {
      if (!(error instanceof ApiError) || !error.mayPass) throw error;
      const delayMs = Math.max(error.retryAfterMs ?? 0, exponentialBackoff(failures));
      onLink(
        error.needsPerson
          ? { state: "blocked", reason: error.message }
          : { state: "retrying", nextAttemptAt: Date.now() + delayMs },
      );
      await wake.wait(clock, delayMs);
    }
  }
}
