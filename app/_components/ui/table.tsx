import type { ComponentProps, ReactNode } from "react";
import { classes } from "./classes";

interface TableProps {
  /** What the table lists, for screen readers. */
  readonly label: string;
  readonly busy?: boolean;
  readonly children: ReactNode;
}

/** A dense list. Cells that matter less leave on narrow screens (`NARROW`, `MEDIUM`). */
export function Table({ label, busy = false, children }: TableProps) {
  return (
    <table aria-label={label} aria-busy={busy || undefined} className="w-full border-collapse">
      {children}
    </table>
  );
}

/** Classes of a cell that is left out below a width. */
export const FROM_SMALL = "max-sm:hidden";
export const FROM_MEDIUM = "max-md:hidden";
export const FROM_LARGE = "max-lg:hidden";

export function HeaderCell({ className, ...rest }: ComponentProps<"th">) {
  return (
    <th
      scope="col"
      {...rest}
      className={classes(
        "h-8 border-b border-line px-2 text-start text-sm font-medium whitespace-nowrap text-ink-subtle first:ps-3 last:pe-3",
        className,
      )}
    />
  );
}

interface RowProps extends ComponentProps<"tr"> {
  /** The row that the keys j and k are on. */
  readonly current?: boolean;
  readonly selected?: boolean;
}

export function Row({ current = false, selected = false, className, ...rest }: RowProps) {
  return (
    <tr
      {...rest}
      data-current={current || undefined}
      className={classes(
        "group/row border-b border-line last:border-b-0 hover:bg-hover",
        selected ? "bg-accent-soft" : current && "bg-hover",
        current && "shadow-[inset_2px_0_0_var(--accent)] rtl:shadow-[inset_-2px_0_0_var(--accent)]",
        className,
      )}
    />
  );
}

export function Cell({ className, ...rest }: ComponentProps<"td">) {
  return (
    <td
      {...rest}
      className={classes("h-(--row) px-2 py-1 align-middle first:ps-3 last:pe-3", className)}
    />
  );
}

/** The frame around a table. */
export function TablePanel({ children }: { readonly children: ReactNode }) {
  return <div className="rounded-md border border-line bg-surface">{children}</div>;
}
