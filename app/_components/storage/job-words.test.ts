import { expect, test } from "vitest";
import { everyWords, jobWords, resultWords, untilWords } from "./job-words";

test("a schedule is said in the largest unit that fits", () => {
  expect([60, 600, 3_600, 86_400, 90].map(everyWords)).toEqual([
    "every minute",
    "every 10 minutes",
    "every hour",
    "every day",
    "every 90 seconds",
  ]);
});

test("the time until a run is rounded, and never negative", () => {
  const until = (seconds: number) => untilWords(seconds * 1000, 0);
  expect([-5, 0, 40, 700, 7_300].map(until)).toEqual([
    "now",
    "now",
    "in 40 s",
    "in 12 min",
    "in 2 h",
  ]);
});

test("a result tells what was done, and nothing of what was not", () => {
  expect(resultWords({ sessionsClosed: 2, sealed: 0, signInAttempts: 7, ok: true })).toBe(
    "sessions closed 2, sign in attempts 7, ok",
  );
  expect([null, undefined, 5, {}].map(resultWords)).toEqual(["", "", "", ""]);
});

test("a job of another version keeps its name", () => {
  expect(jobWords("purge-expired")).toBe("Remove what has expired");
  expect(jobWords("fold-laundry")).toBe("fold-laundry");
});
