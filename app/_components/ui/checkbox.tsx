"use client";

import type { MouseEventHandler } from "react";

interface CheckboxProps {
  readonly label: string;
  readonly checked: boolean;
  /** Some of what it stands for is chosen, not all. */
  readonly mixed?: boolean;
  readonly onClick: MouseEventHandler<HTMLInputElement>;
}

/** A box as large as a finger, drawn small. */
export function Checkbox({ label, checked, mixed = false, onClick }: CheckboxProps) {
  return (
    <label className="relative z-1 flex h-(--row) w-8 items-center justify-center pointer-coarse:w-11">
      <span className="sr-only">{label}</span>
      <input
        type="checkbox"
        checked={checked}
        ref={(box) => {
          if (box !== null) box.indeterminate = mixed;
        }}
        onClick={onClick}
        onChange={nothing}
        className="size-3.5 accent-accent"
      />
    </label>
  );
}

/** The click says whether Shift is held, so it is the click that counts; React wants a listener for both. */
function nothing(): void {
  return undefined;
}
