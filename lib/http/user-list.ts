import { z } from "zod";
import type { UserFilters } from "@/lib/users/user-repository";
import { MAX_NAME_LENGTH, roleSchema } from "@/lib/users/user-schema";
import { pageQuery } from "./pagination";
import { queryText } from "./query-text";

/** The query of the list of users. */
export const userListQuery = z.object({
  ...pageQuery,
  /** A piece of a user name or a display name. */
  q: queryText(MAX_NAME_LENGTH).optional(),
  role: roleSchema.optional(),
  disabled: z
    .enum(["true", "false"])
    .transform((word) => word === "true")
    .optional(),
});

export function userFiltersOf({ q, role, disabled }: z.infer<typeof userListQuery>): UserFilters {
  return { text: q, role, disabled };
}
