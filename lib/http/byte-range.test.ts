import { describe, expect, test } from "vitest";
import { isUnchanged, requestedRange } from "./byte-range";

const file = {
  sizeBytes: 1_000,
  etag: '"3e8-1"',
  modifiedAt: new Date("2026-11-21T09:30:05.250Z"),
};
const range = (value: string, more: Record<string, string> = {}) =>
  requestedRange(new Headers({ range: value, ...more }), file);

test.each([
  ["bytes=0-0", { start: 0, end: 0 }],
  ["bytes=0-", { start: 0, end: 999 }],
  ["bytes=500-599", { start: 500, end: 599 }],
  ["bytes=999-5000", { start: 999, end: 999 }],
  ["bytes=-1", { start: 999, end: 999 }],
  ["bytes=-5000", { start: 0, end: 999 }],
])("%s is a part of the file", (value, expected) => {
  expect(range(value)).toEqual(expected);
});

test.each(["bytes=1000-", "bytes=1000-2000", "bytes=-0"])("%s is nowhere in the file", (value) => {
  expect(() => range(value)).toThrow(
    expect.objectContaining({
      code: "range_not_satisfiable",
      headers: { "Content-Range": "bytes */1000" },
    }) as Error,
  );
});

test.each(["", "bytes=", "bytes=-", "bytes=5-4", "bytes=a-b", "bytes=0-1,5-6", "items=0-1"])(
  "%j asks for the whole file",
  (value) => {
    expect(range(value)).toBeNull();
  },
);

describe("If-Range", () => {
  test("keeps the range while the file is the one the client knows", () => {
    const known = [file.etag, "Sat, 21 Nov 2026 09:30:05 GMT"];
    for (const value of known) expect(range("bytes=0-9", { "if-range": value })).not.toBeNull();
  });

  test("gives the whole file when it is another", () => {
    const other = ['"other"', `W/${file.etag}`, "Sat, 21 Nov 2026 09:30:04 GMT", "nonsense"];
    for (const value of other) expect(range("bytes=0-9", { "if-range": value })).toBeNull();
  });
});

test.each([
  [{ "if-none-match": file.etag }, true],
  [{ "if-none-match": `"a", W/${file.etag}` }, true],
  [{ "if-none-match": "*" }, true],
  [{ "if-none-match": '"other"' }, false],
  [{ "if-modified-since": "Sat, 21 Nov 2026 09:30:05 GMT" }, true],
  [{ "if-modified-since": "Sat, 21 Nov 2026 09:30:04 GMT" }, false],
  [{ "if-none-match": '"other"', "if-modified-since": "Sat, 21 Nov 2026 09:30:05 GMT" }, false],
  [{}, false],
])("a client that sends %j has the bytes already: %s", (headers, expected) => {
  expect(isUnchanged(new Headers(headers as Record<string, string>), file)).toBe(expected);
});
