import { describe, expect, it } from "vitest";
import { formatBytes, formatDuration, formatExact, formatRelative, spellDuration } from "./format";

describe("durations", () => {
  it("leave out the hours until there is one", () => {
    expect(formatDuration(7_400)).toBe("0:07");
    expect(formatDuration(750_000)).toBe("12:30");
    expect(formatDuration(3_723_000)).toBe("1:02:03");
  });

  it("are spelled for people who listen", () => {
    expect(spellDuration(3_661_000)).toBe("1 hour 1 minute 1 second");
    expect(spellDuration(120_000)).toBe("2 minutes");
    expect(spellDuration(300)).toBe("0 seconds");
  });
});

describe("sizes", () => {
  it("are binary units to one decimal", () => {
    expect(formatBytes(0)).toBe("0 B");
    expect(formatBytes(1023)).toBe("1023 B");
    expect(formatBytes(1024)).toBe("1.0 KB");
    expect(formatBytes(3_355_443)).toBe("3.2 MB");
  });

  it("never read 1024 of a unit that has a next one", () => {
    expect(formatBytes(1024 * 1024 - 1)).toBe("1.0 MB");
    expect(formatBytes(1024 ** 3 - 1)).toBe("1.0 GB");
  });
});

describe("moments", () => {
  const now = Date.parse("2026-11-21T12:00:00Z");
  const ago = (seconds: number) => formatRelative(now - seconds * 1000, now);

  it("are relative while that says something, then a date", () => {
    expect(ago(5)).toBe("now");
    expect(ago(12 * 60)).toBe("12 min ago");
    expect(ago(3 * 3600 + 5)).toBe("3 h ago");
    expect(ago(24 * 3600)).toBe("1 day ago");
    expect(ago(40 * 24 * 3600)).toBe("2026-10-12");
  });

  it("name the day that it was for the reader", () => {
    const late = Date.parse("2026-10-12T20:00:00Z");
    expect(formatRelative(late, now, "Pacific/Auckland")).toBe("2026-10-13");
    expect(formatRelative(late, now, "America/Los_Angeles")).toBe("2026-10-12");
  });

  it("are exact on demand, in the reader's zone", () => {
    expect(formatExact(now, "UTC")).toBe("2026-11-21 12:00:00 UTC");
  });
});
