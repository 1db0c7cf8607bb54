import { expect, it } from "vitest";
import { parseStatuses, toggleStatus } from "./recording-filters";

it("reads the states of an address and leaves out what it does not know", () => {
  expect(parseStatuses("failed,ready,nonsense")).toEqual(["ready", "failed"]);
  expect(parseStatuses("")).toEqual([]);
});

it("adds a state and takes it away again", () => {
  expect(toggleStatus("", "ready")).toBe("ready");
  expect(toggleStatus("failed", "ready")).toBe("ready,failed");
  expect(toggleStatus("ready,failed", "ready")).toBe("failed");
  expect(toggleStatus("failed", "failed")).toBe("");
});
