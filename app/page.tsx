import { redirect } from "next/navigation";
import { requirePage } from "@/lib/auth/require-user";

export default async function StartPage(): Promise<never> {
  await requirePage("/");
  redirect("/apps");
}
