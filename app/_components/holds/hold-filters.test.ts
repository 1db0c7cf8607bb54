import { expect, test } from "vitest";
import { holdQueryOf } from "./hold-filters";

test("an address asks the API for what it understands", () => {
  const queryOf = (text: string) => {
    const address = new URLSearchParams(text);
    return holdQueryOf((name) => address.get(name) ?? "");
  };
  expect(queryOf("state=all&on=session")).toEqual({ state: "all", target_type: "session" });
  expect(queryOf("state=nonsense&on=planet")).toEqual({ state: "", target_type: "" });
});
