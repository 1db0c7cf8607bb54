import { expect, it } from "vitest";
import { addressOf, searchText } from "./page-search";

it("reads one parameter as text, whatever the address holds", () => {
  expect(searchText({ q: " two words " }, "q")).toBe("two words");
  expect(searchText({ q: ["first", "second"] }, "q")).toBe("first");
  expect(searchText({}, "q")).toBe("");
});

it("writes a page's address with all that is in its query", () => {
  expect(addressOf("/recordings", {})).toBe("/recordings");
  expect(addressOf("/recordings", { q: "a&b", status: ["ready", "failed"], t: undefined })).toBe(
    "/recordings?q=a%26b&status=ready&status=failed",
  );
});
