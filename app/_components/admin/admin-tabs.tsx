import { currentActor } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { adminPagesFor } from "./admin-pages";
import { AdminTabLinks } from "./admin-tab-links";

/** The pages of the admin panel side by side: those that whoever looks may see. */
export async function AdminTabs() {
  const actor = await currentActor();
  if (actor === null) return null;
  return <AdminTabLinks pages={adminPagesFor(actor, services().config.recording.enabled)} />;
}
