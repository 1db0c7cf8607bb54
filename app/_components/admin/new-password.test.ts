import { expect, it } from "vitest";
import { newPassword } from "./new-password";

it("is long enough, easy to read out and never the same", () => {
  const passwords = Array.from({ length: 200 }, newPassword);
  for (const password of passwords) {
    expect(password).toMatch(/^([a-hjkmnp-z2-9]{5}-){3}[a-hjkmnp-z2-9]{5}$/);
  }
  expect(new Set(passwords).size).toBe(200);
});

it("uses its whole alphabet", () => {
  const letters = new Set(Array.from({ length: 200 }, newPassword).join("").replaceAll("-", ""));
  expect(letters.size).toBe(31);
});
