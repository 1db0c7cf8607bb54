import { ShieldX } from "lucide-react";
import type { Metadata } from "next";
import { Notice } from "./_components/notice";
import { AppShell } from "./_components/shell/app-shell";
import { ButtonLink } from "./_components/ui/button";

export const metadata: Metadata = { title: "Not allowed" };

export default function Forbidden() {
  return (
    <AppShell>
      <Notice
        icon={ShieldX}
        title="You are not allowed to see this"
        action={<ButtonLink href="/apps">Go to the apps</ButtonLink>}
      >
        It belongs to somebody else or needs another role. An administrator can help.
      </Notice>
    </AppShell>
  );
}
