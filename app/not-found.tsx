import { SearchX } from "lucide-react";
import type { Metadata } from "next";
import { Notice } from "./_components/notice";
import { AppShell } from "./_components/shell/app-shell";
import { ButtonLink } from "./_components/ui/button";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <AppShell>
      <Notice
        icon={SearchX}
        title="There is nothing at this address"
        action={<ButtonLink href="/apps">Go to the apps</ButtonLink>}
      >
        It may have been deleted, or the address has a mistake in it.
      </Notice>
    </AppShell>
  );
}
