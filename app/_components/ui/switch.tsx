"use client";

import { Switch as BaseSwitch } from "@base-ui/react/switch";

interface SwitchProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  /** Its name for screen readers, unless it stands in a `Field`. */
  readonly label?: string;
  readonly disabled?: boolean;
}

/** On or off, in force at once. */
export function Switch({ checked, onChange, label, disabled = false }: SwitchProps) {
  return (
    <BaseSwitch.Root
      checked={checked}
      onCheckedChange={onChange}
      disabled={disabled}
      {...(label === undefined ? {} : { "aria-label": label })}
      className="inline-flex h-5 w-9 shrink-0 items-center rounded-full border border-line-strong bg-pressed p-0.5 transition-colors data-checked:border-accent data-checked:bg-accent data-disabled:opacity-55"
    >
      <BaseSwitch.Thumb className="size-3.5 rounded-full bg-ink-muted transition-transform data-checked:translate-x-4 data-checked:bg-on-accent rtl:data-checked:-translate-x-4" />
    </BaseSwitch.Root>
  );
}
