"use client";

import type { ReactNode } from "react";
import { ToastProvider } from "./ui/toast";
import { TooltipProvider } from "./ui/tooltip";

/** What every page's client components may rely on. */
export function Providers({ children }: { readonly children: ReactNode }) {
  return (
    <TooltipProvider delay={400}>
      <ToastProvider>{children}</ToastProvider>
    </TooltipProvider>
  );
}
