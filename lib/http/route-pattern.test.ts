import { expect, test } from "vitest";
import { routePattern } from "./route-pattern";

test.each([
  ["/api/recordings/5f0c/upload", "/api/recordings/[id]/upload"],
  ["/api/recordings/5f0c?x=/api/apps", "/api/recordings/[id]"],
  ["/api/recordings", "/api/recordings"],
  ["/api/admin/recordings/export", "/api/admin/recordings/export"],
  ["/api/auth/callback/oidc", "/api/auth/[...nextauth]"],
  ["/recordings/5f0c", "/recordings/[id]"],
  ["/", "/"],
  ["/healthz", "/healthz"],
  ["/_next/static/chunks/a.js", "/_next/*"],
])("%s is counted as %s", (url, pattern) => {
  expect(routePattern(url)).toBe(pattern);
});

test("addresses that nobody serves make no names of their own", () => {
  const tried = ["/wp-login.php", "/api/nothing/here", "/recordings/a/b/c", "*", "", "/%00"];
  expect(new Set(tried.map(routePattern))).toEqual(new Set(["other", "/api/[[...path]]"]));
});
