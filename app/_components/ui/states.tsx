import { type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

interface StateProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly children: ReactNode;
  /** The one action that helps. */
  readonly action?: ReactNode;
}

/** Says what would be here and offers the one action that fills it. */
export function EmptyState({ icon: Icon, title, children, action }: StateProps) {
  return (
    <div className="flex flex-col items-center px-6 py-12 text-center">
      <Icon aria-hidden strokeWidth={1.5} className="mb-3 size-6 text-ink-subtle" />
      <p className="font-semibold text-ink">{title}</p>
      <p className="mt-1 max-w-md text-pretty text-ink-muted">{children}</p>
      {Boolean(action) && <div className="mt-4">{action}</div>}
    </div>
  );
}

/** Says what happened, what is safe and what to do. */
export function ErrorState({ title, children, action }: Omit<StateProps, "icon">) {
  return (
    <div role="alert">
      <EmptyState icon={TriangleAlert} title={title} action={action}>
        {children}
      </EmptyState>
    </div>
  );
}
