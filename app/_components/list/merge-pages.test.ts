import { describe, expect, it } from "vitest";
import type { Page } from "../api-client";
import {
  appendPage,
  mergePage,
  newestFirst,
  type Order,
  replaceKnown,
  replaceRow,
} from "./merge-pages";

const row = (minute: number, state = "ready") => ({
  id: `id-${String(minute).padStart(2, "0")}`,
  created_at: `2026-11-21T10:${String(minute).padStart(2, "0")}:00.000Z`,
  state,
});
const page = (rows: readonly Row[], next: string | null = null) => ({
  items: rows,
  next,
});
type Row = ReturnType<typeof row>;
const mergeFirst = (list: Page<Row>, fresh: Page<Row>, order: Order<Row> = newestFirst) =>
  mergePage(list, { after: null, fresh }, order);
const mergeBelow = (
  list: Page<Row>,
  after: Row,
  fresh: Page<Row>,
  order: Order<Row> = newestFirst,
) => mergePage(list, { after, fresh }, order);
const ids = (list: { items: readonly { id: string }[] }) => list.items.map(({ id }) => id);

describe("reading the first page again", () => {
  it("brings in what is new and keeps the pages below", () => {
    const list = page([row(5), row(4), row(3), row(2)], "/after-2");
    const merged = mergeFirst(list, page([row(6), row(5)], "/after-5"));
    expect(ids(merged)).toEqual(["id-06", "id-05", "id-04", "id-03", "id-02"]);
    expect(merged.next).toBe("/after-2");
  });

  it("replaces a row that changed and keeps the object of one that did not", () => {
    const list = page([row(5, "recording"), row(4)]);
    const merged = mergeFirst(list, page([row(5, "ready"), row(4)]));
    expect(merged.items[0]).toMatchObject({ state: "ready" });
    expect(merged.items[1]).toBe(list.items[1]);
  });

  it("lets go of a row that was deleted elsewhere", () => {
    const list = page([row(5), row(4), row(3)], "/after-3");
    expect(ids(mergeFirst(list, page([row(5), row(3)], "/after-3")))).toEqual(["id-05", "id-03"]);
    expect(ids(mergeFirst(page([row(1)]), page([])))).toEqual([]);
  });

  it("goes on after the last row when the list had one page", () => {
    const merged = mergeFirst(
      page([row(4), row(3)], "/after-3"),
      page([row(5), row(4)], "/after-4"),
    );
    expect(ids(merged)).toEqual(["id-05", "id-04", "id-03"]);
    expect(mergeFirst(page([row(4)]), page([row(5), row(4)], "/after-4")).next).toBe("/after-4");
  });

  it("starts over when more came in than a page holds", () => {
    const merged = mergeFirst(page([row(3), row(2)]), page([row(9), row(8)], "/after-8"));
    expect(ids(merged)).toEqual(["id-09", "id-08"]);
    expect(merged.next).toBe("/after-8");
  });
});

it("knows which of two numbered rows of the same moment is the older", () => {
  const numbered = (id: string) => ({ ...row(1), id });
  const list = page([numbered("100"), numbered("99"), numbered("98")], "/after-98");
  const merged = mergeFirst(list, page([numbered("101"), numbered("100")], "/after-100"));
  expect(ids(merged)).toEqual(["101", "100", "99", "98"]);
});

it("adds a page without repeating a row", () => {
  const list = appendPage(page([row(5), row(4)], "/after-4"), page([row(4), row(3)]));
  expect(ids(list)).toEqual(["id-05", "id-04", "id-03"]);
  expect(list.next).toBeNull();
});

it("replaces or removes one row", () => {
  const list = page([row(5), row(4, "uploading")]);
  expect(replaceRow(list, "id-04", row(4)).items[1]).toMatchObject({ state: "ready" });
  expect(ids(replaceRow(list, "id-04", null))).toEqual(["id-05"]);
});

it("changes rows in place where only the server knows the order, and brings in none", () => {
  const list = page([row(3, "uploading"), row(5), row(4)], "/after-4");
  const fresh = page([row(9), row(3, "ready"), row(5)], "/after-5");
  const merged = replaceKnown(list, fresh);
  expect(merged.items).toEqual([row(3, "ready"), row(5), row(4)]);
  expect(merged.items[1]).toBe(list.items[1]);
  expect(merged.next).toBe("/after-4");
});

describe("reading a page below the first again", () => {
  const list = page([row(9), row(8), row(7), row(6), row(5), row(4)], "/after-4");

  it("changes its rows in place and lets go of those that are gone, and of no others", () => {
    const merged = mergeBelow(list, row(8), page([row(6, "failed"), row(5)], "/after-5"));
    expect(ids(merged)).toEqual(["id-09", "id-08", "id-06", "id-05", "id-04"]);
    expect(merged.items[2]).toMatchObject({ state: "failed" });
    expect(merged.next).toBe("/after-4");
  });

  it("lets go of all that is below the last page there is", () => {
    expect(ids(mergeBelow(list, row(8), page([row(7)])))).toEqual(["id-09", "id-08", "id-07"]);
    expect(ids(mergeBelow(list, row(8), page([])))).toEqual(["id-09", "id-08"]);
  });

  it("brings in a row that belongs there, at its place", () => {
    const sparse = page([row(9), row(8), row(6), row(4)], "/after-4");
    const merged = mergeBelow(sparse, row(8), page([row(7), row(6), row(5)], "/after-5"));
    expect(ids(merged)).toEqual(["id-09", "id-08", "id-07", "id-06", "id-05", "id-04"]);
    expect(merged.next).toBe("/after-4");
  });

  it("goes on where the list ended when more came to its end", () => {
    const whole = page([row(9), row(8), row(7)]);
    expect(mergeBelow(whole, row(8), page([row(7), row(6)], "/after-6")).next).toBe("/after-6");
  });
});

describe("a list by another key", () => {
  const byState: Order<Row> = (a, b) => Number(b.state) - Number(a.state);
  const list = page([row(1, "9"), row(2, "7"), row(3, "5"), row(4, "0")], "/after-4");

  it("moves a row to where it belongs now, and lets go of none between", () => {
    const fresh = page([row(1, "9"), row(4, "8")], "/after-8");
    const merged = mergeFirst(list, fresh, byState);
    expect(ids(merged)).toEqual(["id-01", "id-04", "id-02", "id-03"]);
    expect(merged.next).toBe("/after-4");
  });

  it("takes a new row in at its end as well", () => {
    const merged = mergeBelow(
      list,
      row(2, "7"),
      page([row(3, "5"), row(4, "0"), row(5, "0")]),
      byState,
    );
    expect(ids(merged)).toEqual(["id-01", "id-02", "id-03", "id-04", "id-05"]);
    expect(merged.next).toBeNull();
  });
});
