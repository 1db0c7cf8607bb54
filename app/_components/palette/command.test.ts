import { expect, it } from "vitest";
import { matches } from "./command";

it("finds a command by the beginnings of its words, in any order", () => {
  expect(matches("Admin: All recordings", "rec ad")).toBe(true);
  expect(matches("Admin: All recordings", "ALL")).toBe(true);
  expect(matches("Übersicht", "über")).toBe(true);
});

it("does not find a command by the middle of a word", () => {
  expect(matches("Sessions", "ions")).toBe(false);
});

it("shows everything before anything is typed", () => {
  expect(matches("Apps", "  ")).toBe(true);
});
