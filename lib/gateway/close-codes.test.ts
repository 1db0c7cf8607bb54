import { expect, test } from "vitest";
import { CLOSE_REASONS } from "@/lib/sessions/close-reason";
import { CLOSE_CODES, CLOSE_TEXTS, closeNameOf } from "./close-codes";

test("every text fits a close frame", () => {
  for (const text of Object.values(CLOSE_TEXTS)) expect(Buffer.byteLength(text)).toBeLessThan(124);
});

test("every way a session closes has a code of the application's own", () => {
  const codes = CLOSE_REASONS.map((reason) => CLOSE_CODES[closeNameOf(reason)]);
  for (const code of codes) expect(code).toBeGreaterThanOrEqual(4_400);
  expect(CLOSE_CODES[closeNameOf("idle")]).toBe(4408);
  expect(CLOSE_CODES[closeNameOf("max_duration")]).toBe(4410);
  expect(CLOSE_CODES[closeNameOf("user_disabled")]).toBe(4403);
  expect(CLOSE_CODES[closeNameOf("user_ended")]).toBe(4409);
});
