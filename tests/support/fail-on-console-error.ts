import { afterEach, beforeEach, expect, vi } from "vitest";

let seen: unknown[][] = [];
let expected: RegExp[] = [];

beforeEach(() => {
  seen = [];
  expected = [];
  vi.spyOn(console, "error").mockImplementation((...values: unknown[]) => {
    seen.push(values);
  });
});

afterEach(() => {
  vi.mocked(console.error).mockRestore();
  const unexpected = seen.filter(
    (values) => !expected.some((pattern) => pattern.test(values.join(" "))),
  );
  expect(unexpected, "console.error was called during the test").toEqual([]);
});

/** Lets the running test print an error that matches; any other still fails it. */
export function expectConsoleError(pattern: RegExp): void {
  expected.push(pattern);
}
