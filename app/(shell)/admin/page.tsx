import { redirect } from "next/navigation";
import { requirePage } from "@/lib/auth/require-user";

export default async function AdminPage(): Promise<never> {
  await requirePage("/admin");
  redirect("/admin/users");
}
