import { expect, it } from "vitest";
import { parseAdministrator } from "@/lib/config/administrator";
import { updateAccountSchema } from "./user-schema";

it("lets the first administrator change the longest password the start takes", () => {
  const longest = "x".repeat(1024);
  const administrator = parseAdministrator({ SORTIE_ADMIN_PASSWORD: longest });
  const change = { current_password: administrator?.password, new_password: longest };
  expect(updateAccountSchema.safeParse(change).success).toBe(true);
  const tooLong = { SORTIE_ADMIN_PASSWORD: `${longest}x` };
  expect(() => parseAdministrator(tooLong)).toThrow("up to 1024 characters");
});
