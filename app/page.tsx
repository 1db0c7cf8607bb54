import { redirect } from "next/navigation";
import { may } from "@/lib/auth/permissions";
import { requirePage } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { startPathFor } from "./_components/shell/destinations";

export default async function StartPage(): Promise<never> {
  const actor = await requirePage("/");
  const recordingEnabled = services().config.recording.enabled;
  redirect(startPathFor({ mayLaunch: may(actor, "session.create"), recordingEnabled }));
}
