import { notFound, redirect } from "next/navigation";
import { requirePage } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { adminPagesFor } from "../../_components/admin/admin-pages";

export default async function AdminPage(): Promise<never> {
  const actor = await requirePage("/admin");
  const [first] = adminPagesFor(actor, services().config.recording.enabled);
  if (first === undefined) notFound();
  redirect(first.href);
}
