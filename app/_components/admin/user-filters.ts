import { MAX_NAME_LENGTH, roleSchema } from "@/lib/users/user-schema";
import { allowedText } from "../list/allowed-text";

/** What the address of the list of users may hold. */
export const USER_FILTERS = ["q", "role", "disabled"] as const;
export type UserFilter = (typeof USER_FILTERS)[number];

/** The API's query for an address: what the API would refuse is left out. */
export function userQueryOf(get: (name: UserFilter) => string): Record<UserFilter, string> {
  const disabled = get("disabled");
  return {
    q: allowedText(get("q"), MAX_NAME_LENGTH),
    role: roleSchema.safeParse(get("role")).data ?? "",
    disabled: disabled === "true" || disabled === "false" ? disabled : "",
  };
}
