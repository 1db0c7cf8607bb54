"use client";

import { Select as BaseSelect } from "@base-ui/react/select";
import { Check, ChevronsUpDown } from "lucide-react";
import { usePopupContainer } from "./popup-container";

export interface SelectOption<V extends string> {
  readonly value: V;
  readonly label: string;
  readonly hint?: string;
}

interface SelectProps<V extends string> {
  readonly options: readonly SelectOption<V>[];
  readonly value: V;
  readonly onChange: (value: V) => void;
  /** Its name for screen readers, unless it stands in a `Field`. */
  readonly label?: string;
  readonly disabled?: boolean;
  readonly name?: string;
}

/** One value out of a few. */
export function Select<V extends string>(props: SelectProps<V>) {
  const { options, value, onChange, label, disabled = false, name } = props;
  const container = usePopupContainer();
  return (
    <BaseSelect.Root
      items={options}
      value={value}
      onValueChange={(next) => {
        if (next !== null) onChange(next);
      }}
      disabled={disabled}
      modal={false}
      {...(name === undefined ? {} : { name })}
    >
      <BaseSelect.Trigger
        {...(label === undefined ? {} : { "aria-label": label })}
        className="inline-flex h-(--control) max-w-full min-w-28 items-center justify-between gap-2 rounded-md border border-line-strong bg-surface ps-2.5 pe-1.5 text-base text-ink select-none hover:bg-hover data-disabled:opacity-55"
      >
        <BaseSelect.Value className="truncate" />
        <BaseSelect.Icon>
          <ChevronsUpDown aria-hidden className="size-3.5 text-ink-subtle" />
        </BaseSelect.Icon>
      </BaseSelect.Trigger>
      <BaseSelect.Portal container={container}>
        <BaseSelect.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50">
          <BaseSelect.Popup className="max-w-(--available-width) min-w-(--anchor-width) rounded-md bg-raised py-1 shadow-popup outline-none">
            <BaseSelect.List>
              {options.map((option) => (
                <BaseSelect.Item
                  key={option.value}
                  value={option.value}
                  className="grid min-h-(--control) cursor-default grid-cols-[1rem_1fr] items-center gap-2 px-2 py-1 pe-4 text-base select-none data-highlighted:bg-pressed"
                >
                  <BaseSelect.ItemIndicator>
                    <Check aria-hidden className="size-4" />
                  </BaseSelect.ItemIndicator>
                  <span className="col-start-2 wrap-anywhere">
                    <BaseSelect.ItemText>{option.label}</BaseSelect.ItemText>
                    {option.hint !== undefined && (
                      <span className="block text-sm text-ink-subtle">{option.hint}</span>
                    )}
                  </span>
                </BaseSelect.Item>
              ))}
            </BaseSelect.List>
          </BaseSelect.Popup>
        </BaseSelect.Positioner>
      </BaseSelect.Portal>
    </BaseSelect.Root>
  );
}
