import type { UserItem } from "@/lib/users/user-schema";
import type { SelectOption } from "../ui/select";

type Role = UserItem["role"];

export const ROLE_OPTIONS: readonly SelectOption<Role>[] = [
  { value: "dev", label: "Developer", hint: "Works with own sessions and recordings" },
  { value: "readonly", label: "Viewer", hint: "Sees and plays own recordings, no more" },
  { value: "ops", label: "Operations", hint: "Also sees everything in the clusters assigned" },
  { value: "admin", label: "Administrator", hint: "Everybody’s, the users and the settings" },
];

export function roleWord(role: Role): string {
  return ROLE_OPTIONS.find(({ value }) => value === role)?.label ?? role;
}
