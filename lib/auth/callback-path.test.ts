import { expect, test } from "vitest";
import { safeCallbackPath } from "./callback-path";

test.each([
  ["/recordings/7?t=12#top", "/recordings/7?t=12#top"],
  ["/", "/"],
  [undefined, "/"],
  ["", "/"],
  ["recordings", "/"],
  ["https://example.org/apps", "/"],
  ["//example.org/apps", "/"],
  ["/\\example.org", "/"],
  ["/.//example.org", "/"],
  ["/\t/example.org", "/"],
  ["javascript:alert(1)", "/"],
])("after signing in with callbackUrl %j one goes to %j", (callbackUrl, path) => {
  expect(safeCallbackPath(callbackUrl)).toBe(path);
});
