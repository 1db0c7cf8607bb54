import { expect, it } from "vitest";
import { codecInWords } from "./recording-words";

it("names codecs as people do, and keeps what it does not know", () => {
  expect(codecInWords("vp9,opus")).toBe("VP9, Opus");
  expect(codecInWords("vp09.00.10.08")).toBe("VP9");
  expect(codecInWords("x-new")).toBe("x-new");
});
