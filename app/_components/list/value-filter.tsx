import { inputClasses } from "../ui/field";
import type { UrlFilters } from "./use-url-filters";

interface ValueFilterProps {
  readonly filters: UrlFilters;
  /** What it is called in the address. */
  readonly name: string;
  readonly label: string;
  readonly type: "date" | "number";
}

/** A day or a number to filter by, which lives in the address. */
export function ValueFilter({ filters, name, label, type }: ValueFilterProps) {
  return (
    <label className="flex items-center gap-1.5 text-ink-muted">
      <span className="max-sm:w-24">{label}</span>
      <input
        type={type}
        min={type === "number" ? 0 : undefined}
        value={filters.get(name)}
        onChange={(event) => filters.set({ [name]: event.target.value })}
        className={`${inputClasses} h-(--control) ${type === "date" ? "w-36!" : "w-20!"}`}
      />
    </label>
  );
}
