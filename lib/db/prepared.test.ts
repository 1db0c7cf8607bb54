import { expect, test } from "vitest";
import { preparedName } from "./prepared";

test("only a statement that is marked gets a name, the same each time, and another than its neighbour", () => {
  const claim = preparedName({ sql: "/* prepared */ UPDATE a SET b = $1" });
  expect(claim).toMatch(/^sortie_[0-9a-f]{32}$/);
  expect(preparedName({ sql: "/* prepared */ UPDATE a SET b = $1" })).toBe(claim);
  expect(preparedName({ sql: "/* prepared */ UPDATE a SET c = $1" })).not.toBe(claim);
  expect(preparedName({ sql: "UPDATE a SET b = $1" })).toBe("");
});
