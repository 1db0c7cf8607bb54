import { expect, test } from "vitest";
import { diskLevel, quotaLevel, type RoomLevel, tighter } from "./room-level";

const FLOOR = 1000;

function levelsAlong(...freeBytes: number[]): RoomLevel[] {
  let level: RoomLevel = "enough";
  return freeBytes.map((free) => (level = diskLevel(level, free, FLOOR)));
}

test("below the floor room is low, and good again only at 125 % of it", () => {
  expect(levelsAlong(1000, 999, 1000, 1249, 1250, 1000)).toEqual([
    "enough",
    "low",
    "low",
    "low",
    "enough",
    "enough",
  ]);
});

test("below half the floor there is none, until the floor is reached again", () => {
  expect(levelsAlong(500, 499, 999, 1000, 1250)).toEqual(["low", "out", "out", "low", "enough"]);
});

test("without a floor no disk is ever short", () => {
  expect(diskLevel("enough", 0, 0)).toBe("enough");
  expect(diskLevel("out", 0, 0)).toBe("enough");
});

test("a quota is nearly used at 90 %, and used up at all of it", () => {
  expect([899, 900, 999, 1000].map((used) => quotaLevel(used, 1000))).toEqual([
    "enough",
    "low",
    "low",
    "out",
  ]);
});

test("the tighter of two decides", () => {
  expect(tighter("enough", "low")).toBe("low");
  expect(tighter("out", "low")).toBe("out");
});
