import { expect, test } from "vitest";
import { AppError } from "@/lib/errors/app-error";
import { encodeSignInError, signInErrorSentence } from "./sign-in-error";

test.each([
  [30, "in a minute"],
  [61, "in 2 minutes"],
  [899, "in 15 minutes"],
])("who has to wait %d seconds is told to try again %s", (retryAfterSeconds, when) => {
  const error = new AppError("rate_limited", "Wait.", { retryAfterSeconds });
  expect(signInErrorSentence(encodeSignInError(error))).toBe(
    `Too many wrong passwords. Try again ${when}.`,
  );
});

test("what stands in the address and is none of our codes is not repeated on the page", () => {
  for (const error of ["<b>Call 555-0100</b>", "rate_limited:soon", "__proto__", ""]) {
    expect(signInErrorSentence(error)).not.toMatch(/555|soon|proto/);
  }
});
