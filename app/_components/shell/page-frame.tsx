import type { ReactNode } from "react";
import { classes } from "../ui/classes";

interface PageFrameProps {
  readonly title: string;
  /** What there is to say beside the title, such as how many there are. */
  readonly note?: ReactNode;
  /** The page's own actions, at the end of the title's line. */
  readonly actions?: ReactNode;
  /** The pages beside this one, above the title. */
  readonly tabs?: ReactNode;
  /** Narrow pages are forms; wide ones are lists. */
  readonly width?: "form" | "list";
  readonly children: ReactNode;
}

/** Title, note and actions of a page, and the room below them. */
export function PageFrame({ title, note, actions, tabs, width, children }: PageFrameProps) {
  return (
    <div className={classes("px-4 sm:px-6", width === "form" ? "max-w-xl" : "max-w-7xl")}>
      {tabs}
      <header className="flex min-h-14 flex-wrap items-center gap-x-2.5 gap-y-2 py-3">
        <h1 className="text-lg font-semibold tracking-tight">{title}</h1>
        {note !== undefined && <p className="pt-0.5 text-base text-ink-subtle">{note}</p>}
        {actions !== undefined && <div className="ms-auto flex gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
