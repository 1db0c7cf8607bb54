import type { ReactNode } from "react";

interface PageFrameProps {
  readonly title: string;
  /** How many there are, beside the title. */
  readonly count?: string | undefined;
  /** The page's own actions, at the end of the title's line. */
  readonly actions?: ReactNode;
  /** Narrow pages are forms; wide ones are lists. */
  readonly width?: "form" | "list";
  readonly children: ReactNode;
}

/** Title, count and actions of a page, and the room below them. */
export function PageFrame({ title, count, actions, width = "list", children }: PageFrameProps) {
  return (
    <div className={width === "form" ? "max-w-xl px-4 sm:px-6" : "max-w-7xl px-4 sm:px-6"}>
      <header className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-2 py-3">
        <h1 className="text-lg font-semibold tracking-tight">{title}</h1>
        {count !== undefined && <p className="text-base text-ink-subtle">{count}</p>}
        {actions !== undefined && <div className="ms-auto flex gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
