import { expect, it } from "vitest";
import type { Clock } from "./clock";
import { Signal } from "./signal";

/** Timers that fire when the test says. */
function stoppedClock() {
  const due = new Set<() => void>();
  const cancelled: unknown[] = [];
  const after: Clock["after"] = (_delayMs, callback) => {
    due.add(callback);
    return () => {
      cancelled.push(callback);
      due.delete(callback);
    };
  };
  return { due, cancelled, clock: { now: () => 0, every: after, after } satisfies Clock };
}

it("wakes everybody who waits, once, and leaves no timer behind", async () => {
  const { due, clock } = stoppedClock();
  const signal = new Signal();
  const waits = [signal.wait(clock, 1_000), signal.wait(clock, null)];
  signal.ring();
  await Promise.all(waits);
  expect(due.size).toBe(0);
});

it("forgets who waited long enough, however often nobody rings", async () => {
  const { due, cancelled, clock } = stoppedClock();
  const signal = new Signal();
  const wait = signal.wait(clock, 1_000);
  for (const fire of due) fire();
  await wait;
  const cancelledBefore = cancelled.length;
  signal.ring();
  expect(cancelled.length, "nobody was left to wake").toBe(cancelledBefore);
});
