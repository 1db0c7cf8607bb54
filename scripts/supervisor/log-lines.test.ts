import { expect, test } from "vitest";
import { readable } from "./log-lines";

const line = (entry: object) => JSON.stringify(entry);

test("a person is not shown the everyday log, nor what libraries have to tell", () => {
  expect(readable("web", line({ level: 30, msg: "listening" }))).toBeNull();
  expect(readable("web", "✓ Ready in 71ms")).toBeNull();
  expect(readable("web", "")).toBeNull();
});

test("a warning or an error is shown as a sentence, with what caused it", () => {
  const failed = { level: 50, msg: "job failed", err: { message: "disk full", stack: "…" } };
  expect(readable("worker", line(failed))).toBe("worker  error  job failed: disk full");
  expect(readable("web", line({ level: 40, msg: "slow" }))).toBe("web  warning  slow");
  expect(readable("web", line({ level: 60, err: { message: "gone" } }))).toBe("web  fatal  gone");
});
