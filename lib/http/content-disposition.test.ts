import { expect, test } from "vitest";
import { attachment } from "./content-disposition";

test("a plain name is sent as it is", () => {
  expect(attachment("Desktop 2026-11-21 09.30.05.webm")).toBe(
    `attachment; filename="Desktop 2026-11-21 09.30.05.webm"; filename*=UTF-8''Desktop%202026-11-21%2009.30.05.webm`,
  );
});

test("a name can neither end the header's string nor begin another header", () => {
  const value = attachment('a"; x="\\\r\nSet-Cookie: y.webm');
  expect(value).toBe(
    `attachment; filename="a_; x=____Set-Cookie: y.webm"; filename*=UTF-8''a%22%3B%20x%3D%22%5C%0D%0ASet-Cookie%3A%20y.webm`,
  );
  expect(() => new Headers({ "content-disposition": value })).not.toThrow();
});

test("a name in any script arrives whole", () => {
  expect(attachment("Büro (1) 桌面.webm")).toBe(
    `attachment; filename="B_ro (1) __.webm"; filename*=UTF-8''B%C3%BCro%20%281%29%20%E6%A1%8C%E9%9D%A2.webm`,
  );
});
