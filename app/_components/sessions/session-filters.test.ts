import { expect, test } from "vitest";
import { sessionQueryOf, toggleSessionStatus } from "./session-filters";

test("an address asks the API for what it understands, and for everybody's sessions", () => {
  const address = new URLSearchParams("user=ana&cluster=east&status=running,nonsense,ended&x=1");
  expect(sessionQueryOf((name) => address.get(name) ?? "")).toEqual({
    scope: "all",
    user: "ana",
    app_id: "",
    cluster: "east",
    status: "running,ended",
  });
});

test("a status is put into the address and taken out of it again", () => {
  expect(toggleSessionStatus("", "running")).toBe("running");
  expect(toggleSessionStatus("running", "failed")).toBe("running,failed");
  expect(toggleSessionStatus("running,failed", "running")).toBe("failed");
});
