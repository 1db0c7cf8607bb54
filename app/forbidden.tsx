import type { Metadata } from "next";
import { ForbiddenNotice } from "./_components/forbidden-notice";
import { AppShell } from "./_components/shell/app-shell";

export const metadata: Metadata = { title: "Not allowed" };

export default function Forbidden() {
  return (
    <AppShell>
      <ForbiddenNotice />
    </AppShell>
  );
}
