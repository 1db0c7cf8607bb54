import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

interface BadgeProps {
  readonly icon?: LucideIcon;
  readonly children: ReactNode;
}

/** A fact about a row in a word or two. It has no colour: colours are for states. */
export function Badge({ icon: Icon, children }: BadgeProps) {
  return (
    <span className="inline-flex h-5 items-center gap-1 rounded-sm border border-line bg-page px-1.5 text-sm whitespace-nowrap text-ink-muted">
      {Icon && <Icon aria-hidden className="size-3" />}
      {children}
    </span>
  );
}
