import { describe, expect, it } from "vitest";
import { recordingFlags } from "./recording-meaning";

const plain = {
  held: false,
  interrupted: false,
  truncated: false,
  recovered: false,
  origin: "user",
} as const;

describe("What is said of a recording in its list and beside its player", () => {
  it("is nothing of one that went well", () => {
    expect(recordingFlags(plain)).toEqual([]);
  });

  it("is what may be missing and why", () => {
    expect(recordingFlags({ ...plain, interrupted: true })).toMatchObject([
      {
        word: "Interrupted",
        sentence: "Interrupted: the tab was closed; the last second may be missing.",
      },
    ]);
    const much = { ...plain, truncated: true, recovered: true, origin: "policy" } as const;
    expect(recordingFlags(much).map(({ word }) => word)).toEqual([
      "Cut at the limit",
      "Recovered",
      "By policy",
    ]);
    expect(recordingFlags({ ...plain, held: true }).map(({ word }) => word)).toEqual(["On hold"]);
    expect(recordingFlags({ ...plain, origin: "upload" })).toHaveLength(1);
  });
});
