import { expect, it } from "vitest";
import {
  parseSort,
  parseStatuses,
  recordingQueryOf,
  toggleFlag,
  toggleStatus,
} from "./recording-filters";

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

it("asks the API for what an address says, and for nothing it would refuse", () => {
  const address = new URLSearchParams(
    "q=desk&user=ana&cluster=east&from=2026-11-20&to=2026-11-21&min=1.5&max=much&flags=truncated,odd&sort=largest",
  );
  expect(recordingQueryOf((name) => address.get(name) ?? "")).toEqual({
    q: "desk",
    status: "",
    user: "ana",
    app_id: "",
    cluster: "east",
    from: "2026-11-20T00:00:00.000Z",
    to: "2026-11-22T00:00:00.000Z",
    min_bytes: "1572864",
    max_bytes: "",
    flags: "truncated",
    sort: "largest",
  });
  expect(parseSort("sideways")).toBe("newest");
});

it("adds a flag and takes it away again", () => {
  expect(toggleFlag("", "truncated")).toBe("truncated");
  expect(toggleFlag("truncated", "interrupted")).toBe("interrupted,truncated");
  expect(toggleFlag("interrupted,truncated", "truncated")).toBe("interrupted");
});
