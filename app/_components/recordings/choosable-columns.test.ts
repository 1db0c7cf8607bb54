import { expect, test } from "vitest";
import { shownColumns, tableWidthRem } from "./choosable-columns";

test("a column that somebody chose is shown at any width, one they put away at none", () => {
  const choices = { id: true, size_bytes: false };
  const shown = shownColumns(choices, new Set(["sm", "md"]));
  expect([...shown].toSorted()).toEqual([
    "created_at",
    "duration_seconds",
    "id",
    "poster",
    "status",
    "username",
  ]);
});

test("a column that is for few is shown only to who chose it, however wide the window is", () => {
  const widest = new Set(["sm", "md", "lg", "xl", "2xl"] as const);
  expect(shownColumns({}, widest)).not.toContain("cluster");
  expect(shownColumns({ cluster: true }, new Set())).toEqual(new Set(["cluster"]));
});

test("the table goes by the window's width until somebody wants to see more than fits", () => {
  const fitting = new Set(["sm"] as const);
  const putAway = { status: false };
  expect(tableWidthRem(putAway, shownColumns(putAway, fitting))).toBeNull();
  const wanted = { app_name: true };
  const [narrow, wide] = [fitting, new Set(["sm", "md", "lg"] as const)].map((width) =>
    tableWidthRem(wanted, shownColumns(wanted, width)),
  );
  expect(wide! - narrow!).toBe(12.5);
});
