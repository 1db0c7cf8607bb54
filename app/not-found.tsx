import type { Metadata } from "next";
import { NotFoundNotice } from "./_components/not-found-notice";
import { AppShell } from "./_components/shell/app-shell";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <AppShell>
      <NotFoundNotice />
    </AppShell>
  );
}
