import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { z } from "zod";
import { decodeCursor, encodeCursor, nextLink, pageQuery, pageResponse } from "./pagination";

const row = () => ({ createdAt: new Date("2026-11-21T07:30:00.123Z"), id: randomUUID() });

test("a cursor leads back to the row it was made of, to the millisecond", () => {
  const position = row();
  expect(decodeCursor(encodeCursor(position))).toEqual(position);
});

test.each(["", "x", "%00", encodeText("[]"), encodeText('["yesterday","1"]'), encodeText("null")])(
  "the cursor %j is none of ours and says so as bad input",
  (cursor) => {
    expect(decodeCursor(cursor)).toBeNull();
    expect(z.object(pageQuery).safeParse({ cursor }).success).toBe(false);
  },
);

test("a page size outside the limits is bad input, and without one there is a sensible one", () => {
  const schema = z.object(pageQuery);
  expect(schema.parse({})).toEqual({ limit: 50 });
  expect(schema.parse({ limit: "7" })).toEqual({ limit: 7 });
  for (const limit of ["0", "201", "many"]) expect(schema.safeParse({ limit }).success).toBe(false);
});

test("the next page keeps the filters and replaces the cursor", () => {
  const position = row();
  const request = new Request("http://host/api/recordings?status=ready&cursor=old");
  const link = nextLink(request, position);
  const [, address = ""] = /^<(.*)>; rel="next"$/.exec(link) ?? [];
  const { pathname, searchParams } = new URL(address, "http://host");
  expect(pathname).toBe("/api/recordings");
  expect(Object.fromEntries(searchParams)).toEqual({
    status: "ready",
    cursor: encodeCursor(position),
  });
});

test("a link is given exactly when there is one row more than the page holds", async () => {
  const request = new Request("http://host/api/admin/users");
  const rows = [row(), row(), row()];
  const more = pageResponse(request, rows, 2, ({ id }) => id);
  expect(await more.json()).toEqual([rows[0]!.id, rows[1]!.id]);
  expect(more.headers.get("link")).toContain(encodeCursor(rows[1]!));
  expect(pageResponse(request, rows, 3, ({ id }) => id).headers.has("link")).toBe(false);
  expect(pageResponse(request, [], 3, String).headers.has("link")).toBe(false);
});

function encodeText(text: string): string {
  return Buffer.from(text).toString("base64url");
}
