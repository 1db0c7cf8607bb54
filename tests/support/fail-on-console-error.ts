import { afterEach, beforeEach, expect, type MockInstance, vi } from "vitest";

let report: MockInstance | undefined;
let seen: unknown[][] = [];
let expected: RegExp[] = [];

beforeEach(() => {
  seen = [];
  expected = [];
  report = vi.spyOn(console, "error").mockImplementation((...values: unknown[]) => {
    seen.push(values);
  });
});

afterEach(() => {
  report?.mockRestore();
  const unexpected = seen.filter(
    (values) => !expected.some((pattern) => pattern.test(values.join(" "))),
  );
  expect(unexpected, "console.error was called during the test").toEqual([]);
});

/** Lets the running test print an error that matches; any other still fails it. */
export function expectConsoleError(pattern: RegExp): void {
  expected.push(pattern);
}
