import type { ReactNode } from "react";
import { AppShell } from "../_components/shell/app-shell";

export default function ShellLayout({ children }: { readonly children: ReactNode }) {
  return <AppShell>{children}</AppShell>;
}
