import type { ReactNode } from "react";

/** A key as it is printed on the keyboard. */
export function Kbd({ children }: { readonly children: ReactNode }) {
  return (
    <kbd className="inline-flex h-4 min-w-4 items-center justify-center rounded-sm border border-line bg-hover px-1 font-mono text-sm leading-none text-ink-subtle">
      {children}
    </kbd>
  );
}
