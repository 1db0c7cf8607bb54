import { FROM_LARGE, FROM_MEDIUM, FROM_SMALL } from "../ui/table";

/** The widths of the window that columns go by, in rem: Tailwind's breakpoints. */
export const BREAKPOINTS_REM = { sm: 40, md: 48, lg: 64, xl: 80, "2xl": 96 } as const;
export type Breakpoint = keyof typeof BREAKPOINTS_REM;

/** Classes that leave a column out below a width. */
export const HIDDEN_BELOW: Readonly<Record<Breakpoint, string>> = {
  sm: FROM_SMALL,
  md: FROM_MEDIUM,
  lg: FROM_LARGE,
  xl: "max-xl:hidden",
  "2xl": "max-2xl:hidden",
};

/**
 * The columns that can be chosen: from which width on each is shown when nobody chose, null for at none, and how
 * wide it is.
 */
export const CHOOSABLE_COLUMNS = [
  { id: "poster", label: "Picture", from: "sm", widthRem: 3.5 },
  { id: "username", label: "User", from: "md", widthRem: 6.5 },
  { id: "id", label: "Recording", from: "xl", widthRem: 5.75 },
  { id: "session_id", label: "Session", from: "xl", widthRem: 5.75 },
  { id: "status", label: "State", from: "sm", widthRem: 6.75 },
  { id: "app_name", label: "App", from: "2xl", widthRem: 7 },
  { id: "cluster", label: "Cluster", from: null, widthRem: 7 },
  { id: "duration_seconds", label: "Duration", from: "sm", widthRem: 5.5 },
  { id: "size_bytes", label: "Size", from: "md", widthRem: 6 },
  { id: "created_at", label: "Started", from: "sm", widthRem: 6.5 },
] as const satisfies readonly {
  readonly id: string;
  readonly label: string;
  readonly from: Breakpoint | null;
  readonly widthRem: number;
}[];
export type ColumnId = (typeof CHOOSABLE_COLUMNS)[number]["id"];

/** What somebody chose: true is shown at any width, false at none. The others go by the window's width. */
export type ColumnChoices = Readonly<Partial<Record<ColumnId, boolean>>>;

/** Name, selection and actions, which are always there. */
const ALWAYS_REM = 18;

/** The ids of the columns that are shown in a window as wide as `fitting` says. */
export function shownColumns(
  choices: ColumnChoices,
  fitting: ReadonlySet<Breakpoint>,
): ReadonlySet<ColumnId> {
  const shown = CHOOSABLE_COLUMNS.filter(
    ({ id, from }) => choices[id] ?? (from !== null && fitting.has(from)),
  );
  return new Set(shown.map(({ id }) => id));
}

/** How wide the table must at least be for what is shown in it; null while it goes by the window's width alone. */
export function tableWidthRem(choices: ColumnChoices, shown: ReadonlySet<ColumnId>): number | null {
  if (!Object.values(choices).includes(true)) return null;
  const columns = CHOOSABLE_COLUMNS.filter(({ id }) => shown.has(id));
  return columns.reduce((sum, { widthRem }) => sum + widthRem, ALWAYS_REM);
}
