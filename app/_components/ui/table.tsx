import type { ComponentProps, ReactNode } from "react";
import { classes } from "./classes";

interface TableProps {
  /** What the table lists, for screen readers. */
  readonly label: string;
  readonly busy?: boolean;
  /** All rows with the header's, where not all are in the page. */
  readonly rowCount?: number;
  /** How wide it must at least be; its panel then scrolls. */
  readonly widthRem?: number | null;
  readonly children: ReactNode;
}

/** A dense list. Cells that matter less leave on narrow screens (`FROM_SMALL` …). */
export function Table({ label, busy = false, rowCount, widthRem = null, children }: TableProps) {
  return (
    <table
      aria-label={label}
      aria-busy={busy || undefined}
      aria-rowcount={rowCount}
      className="w-full table-fixed border-collapse"
      style={widthRem === null ? undefined : { minWidth: `${widthRem}rem` }}
    >
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
  readonly selected?: boolean;
}

/** A row. It is marked while the keyboard is in it; a link with `rowLinkClasses` covers it. */
export function Row({ selected = false, className, ...rest }: RowProps) {
  return (
    <tr
      {...rest}
      className={classes(
        "relative border-b border-line last:border-b-0 hover:bg-hover",
        "has-focus-visible:bg-hover",
        selected && "bg-accent-soft hover:bg-accent-soft has-focus-visible:bg-accent-soft",
        className,
      )}
    />
  );
}

/** A row's main link covers the row; what stands above it needs `relative z-1`. */
export const rowLinkClasses =
  "font-medium text-ink outline-none after:absolute after:inset-0 hover:underline focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent";

export function Cell({ className, ...rest }: ComponentProps<"td">) {
  return (
    <td
      {...rest}
      className={classes("h-(--row) px-2 py-0.5 align-middle first:ps-3 last:pe-3", className)}
    />
  );
}

interface TablePanelProps {
  /** The table may be wider than the window: it scrolls inside its frame. */
  readonly scrolls?: boolean;
  readonly children: ReactNode;
}

/** The frame around a table. */
export function TablePanel({ scrolls = false, children }: TablePanelProps) {
  // Positioned, so that what is hidden from sight in it scrolls with it instead of widening the page.
  return (
    <div
      className={classes(
        "rounded-md border border-line bg-surface",
        scrolls && "relative overflow-x-auto",
      )}
    >
      {children}
    </div>
  );
}
