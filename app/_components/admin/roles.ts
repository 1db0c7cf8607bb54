import type { UserItem } from "@/lib/users/user-schema";
import type { SelectOption } from "../ui/select";

type Role = UserItem["role"];

export const ROLE_OPTIONS: readonly SelectOption<Role>[] = [
  { value: "user", label: "User", hint: "Own sessions and recordings" },
  { value: "admin", label: "Administrator", hint: "Everybody's, and the users" },
];

export function roleWord(role: Role): string {
  return ROLE_OPTIONS.find(({ value }) => value === role)?.label ?? role;
}
