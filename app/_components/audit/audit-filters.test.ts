import { expect, test } from "vitest";
import { auditQueryOf, isSearchTooShort, toggleAction } from "./audit-filters";

const query = (address: string) => {
  const params = new URLSearchParams(address);
  const filters = auditQueryOf((name) => params.get(name) ?? "");
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ""));
};

test("an address is asked of the API, up to and including its last day", () => {
  expect(query("q=ana&actor=bob&from=2026-11-01&to=2026-11-30")).toEqual({
    q: "ana",
    actor: "bob",
    from: "2026-11-01T00:00:00.000Z",
    to: "2026-12-01T00:00:00.000Z",
  });
});

test("what somebody made up in the address is left out instead of breaking the page", () => {
  expect(query("action=recording.levitate&from=yesterday&to=2026-99-99")).toEqual({});
  expect(query("action=recording.view,nothing")).toEqual({ action: "recording.view" });
});

test("actions are added to the address and taken out of it", () => {
  expect(toggleAction("recording.view", "user.sign_in")).toBe("recording.view,user.sign_in");
  expect(toggleAction("recording.view,user.sign_in", "recording.view")).toBe("user.sign_in");
});

test("a search of short words only is too short", () => {
  expect(isSearchTooShort("an a")).toBe(true);
  expect(isSearchTooShort("an ana")).toBe(false);
  expect(isSearchTooShort("  ")).toBe(false);
});
