import { describe, expect, it } from "vitest";
import { exponentialBackoff } from "./backoff";

describe("the wait before the next attempt", () => {
  it("doubles from half a second to half a minute and stays there", () => {
    const ceilings = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000];
    for (const [index, ceilingMs] of ceilings.entries()) {
      for (let sample = 0; sample < 50; sample += 1) {
        const waitMs = exponentialBackoff(index + 1);
        expect(waitMs).toBeGreaterThanOrEqual(ceilingMs / 2);
        expect(waitMs).toBeLessThanOrEqual(ceilingMs);
      }
    }
    expect(exponentialBackoff(100_000)).toBeLessThanOrEqual(30_000);
  });

  it("differs between tabs", () => {
    const waits = new Set(Array.from({ length: 20 }, () => exponentialBackoff(5)));
    expect(waits.size).toBeGreaterThan(10);
  });
});
