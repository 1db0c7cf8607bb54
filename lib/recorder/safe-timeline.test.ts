import { describe, expect, it } from "vitest";
import { SafeTimeline } from "./safe-timeline";

describe("how much of a recording is safe", () => {
  it("is nothing before the first chunk is wholly on the server", () => {
    const timeline = new SafeTimeline();
    timeline.mark(100, 1_000);
    expect(timeline.safeAt(0)).toBe(0);
    expect(timeline.safeAt(99)).toBe(0);
    expect(timeline.safeAt(100)).toBe(1_000);
  });

  it("follows time and not the number of chunks, however uneven they are", () => {
    const timeline = new SafeTimeline();
    timeline.mark(1, 700);
    timeline.mark(5_000, 2_900);
    timeline.mark(5_001, 3_000);
    expect(timeline.safeAt(5_000)).toBe(2_900);
    expect(timeline.safeAt(5_001)).toBe(3_000);
  });

  it("never goes back when the server is asked again", () => {
    const timeline = new SafeTimeline();
    timeline.mark(10, 1_000);
    timeline.mark(20, 2_000);
    expect(timeline.safeAt(20)).toBe(2_000);
    expect(timeline.safeAt(15)).toBe(2_000);
  });
});
