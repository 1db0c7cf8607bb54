import { expect, it } from "vitest";
import { marksOf } from "./marks";

const flags = { truncated: false, interrupted: false, recovered: false };
const plain = { ...flags, origin: "user", username: "ana", duration_seconds: 95 } as const;

it("says who or what began a recording", () => {
  expect(marksOf(plain)).toEqual([{ id: "start", seconds: 0, word: "Started by ana" }]);
  expect(marksOf({ ...plain, origin: "policy" })[0]?.word).toBe("Started by policy");
});

it("says why a recording ends where it does, when there is something to say", () => {
  const [, end] = marksOf({ ...plain, truncated: true, interrupted: true });
  expect(end).toEqual({ id: "end", seconds: 95, word: "Cut at the limit here" });
  expect(marksOf({ ...plain, interrupted: true })[1]?.word).toContain("Interrupted");
  expect(marksOf({ ...plain, interrupted: true, duration_seconds: null })).toHaveLength(1);
});
