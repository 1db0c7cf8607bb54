import { describe, expect, it } from "vitest";
import { codecInWords, flagsInWords } from "./recording-words";

const plain = { interrupted: false, truncated: false, recovered: false, origin: "user" } as const;

describe("What the player says of a recording", () => {
  it("says nothing of one that went well", () => {
    expect(flagsInWords(plain)).toEqual([]);
  });

  it("says what may be missing and why", () => {
    expect(flagsInWords({ ...plain, interrupted: true })).toEqual([
      "Interrupted: the tab was closed; the last second may be missing.",
    ]);
    expect(
      flagsInWords({ ...plain, truncated: true, recovered: true, origin: "policy" }),
    ).toHaveLength(3);
  });

  it("names codecs as people do, and keeps what it does not know", () => {
    expect(codecInWords("vp9,opus")).toBe("VP9, Opus");
    expect(codecInWords("vp09.00.10.08")).toBe("VP9");
    expect(codecInWords("x-new")).toBe("x-new");
  });
});
