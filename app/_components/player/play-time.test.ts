import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration } from "@/app/_components/ui/format";
import { linkToMoment, parsePlayTime } from "./play-time";

describe("A moment in an address", () => {
  it.each([
    ["62", 62],
    ["62.5", 62.5],
    ["1:02", 62],
    ["1:02:03", 3723],
    ["90:00", 5400],
    [" 0:05 ", 5],
    ["1h2m3s", 3723],
    ["2m", 120],
    ["0", 0],
  ])("is understood as people write it: %s", (text, seconds) => {
    expect(parsePlayTime(text)).toBe(seconds);
  });

  it.each(["", "abc", "-5", "1:2:3:4", "1:", ":30", "1e3", "NaN", "5 minutes"])(
    "is ignored when it is none: %j",
    (text) => {
      expect(parsePlayTime(text)).toBeNull();
    },
  );

  it("is read back as the screen writes it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 360_000 }), (seconds) => {
        expect(parsePlayTime(formatDuration(seconds * 1000))).toBe(seconds);
      }),
    );
  });

  it("makes a link that opens there, without what the address carried before", () => {
    expect(linkToMoment("https://sortie.example/recordings/1?t=5#x", 62.7)).toBe(
      "https://sortie.example/recordings/1?t=62",
    );
    expect(linkToMoment("https://sortie.example/recordings/1?t=5", 0.4)).toBe(
      "https://sortie.example/recordings/1",
    );
  });
});
