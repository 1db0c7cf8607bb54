import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

interface NoticeProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly children: ReactNode;
  readonly action: ReactNode;
}

/** A page that has one thing to say. Put it into a main landmark. */
export function Notice({ icon: Icon, title, children, action }: NoticeProps) {
  return (
    <div className="flex min-h-[80dvh] flex-col items-center justify-center px-6 text-center">
      <Icon aria-hidden strokeWidth={1.5} className="mb-3 size-7 text-ink-subtle" />
      <h1 className="text-lg font-semibold tracking-tight">{title}</h1>
      <p className="mt-1 mb-5 max-w-md text-pretty text-ink-muted">{children}</p>
      {action}
    </div>
  );
}
