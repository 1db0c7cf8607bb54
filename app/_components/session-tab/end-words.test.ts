import { expect, test } from "vitest";
import { endInWords } from "./end-words";

const at = "2026-11-21T14:05:30.000Z";
const desktop = { app_kind: "desktop" } as const;

test("a session that nobody uses says when it ends and what keeps it", () => {
  expect(endInWords({ reason: "idle", at }, desktop, "UTC")).toMatch(
    /^Nobody has used this desktop for a while\. The session ends at .*05.* unless somebody does\.$/,
  );
  expect(endInWords({ reason: "idle", at }, { app_kind: "web" }, "UTC")).toContain("this app");
});

test("a session that has lasted long enough says what to do before its end", () => {
  expect(endInWords({ reason: "max_duration", at }, desktop, "UTC")).toContain(
    "Save what you need.",
  );
});

test("nothing is said of an end that is far", () => {
  expect(endInWords(null, desktop)).toBeNull();
});
