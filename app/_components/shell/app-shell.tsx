import type { ReactNode } from "react";
import { may } from "@/lib/auth/permissions";
import { currentActor } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { adminPagesFor } from "../admin/admin-pages";
import { RecoveryStrip } from "../recovery/recovery-strip";
import { Shell } from "./shell";

/**
 * The shell for whoever is signed in. It lets nobody in or out, that is each page's own work: a
 * stranger gets the page without the rail, and most pages send them to sign in.
 */
export async function AppShell({ children }: { readonly children: ReactNode }) {
  const actor = await currentActor();
  if (actor === null) return <main id="main">{children}</main>;
  const { enabled, maxSizeBytes } = services().config.recording;
  return (
    <Shell
      actor={actor}
      access={{
        username: actor.username,
        displayName: actor.displayName,
        recordingEnabled: enabled,
        mayLaunch: may(actor, "session.create"),
        adminPages: adminPagesFor(actor, enabled),
      }}
    >
      {children}
      {enabled && <RecoveryStrip userId={actor.userId} limitBytes={maxSizeBytes} />}
    </Shell>
  );
}
