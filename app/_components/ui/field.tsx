"use client";

import { Field as BaseField } from "@base-ui/react/field";
import { CircleAlert } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { classes } from "./classes";

export const inputClasses =
  "w-full rounded-md border border-line-strong bg-surface px-2.5 text-base text-ink placeholder:text-ink-subtle hover:border-ink-subtle focus:outline-2 focus:outline-offset-0 focus:outline-accent disabled:opacity-55";

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  /** A sentence that says what is wrong and what to do. */
  readonly error?: string | undefined;
  readonly name?: string;
  readonly children: ReactNode;
}

/** A label, one control and what is to be said about it, tied together for screen readers. */
export function Field({ label, hint, error, name, children }: FieldProps) {
  return (
    <BaseField.Root
      {...(name === undefined ? {} : { name })}
      invalid={error !== undefined}
      className="flex flex-col gap-1"
    >
      <BaseField.Label className="text-base font-medium text-ink">{label}</BaseField.Label>
      {children}
      {hint !== undefined && (
        <BaseField.Description className="text-sm text-ink-subtle">{hint}</BaseField.Description>
      )}
      {error !== undefined && <FieldError>{error}</FieldError>}
    </BaseField.Root>
  );
}

interface SentenceFieldProps {
  /** What stands before and after the control, such as "Keep at least" and "MiB of the disk free." */
  readonly before: string;
  readonly after: string;
  readonly hint: ReactNode;
  readonly error: string | undefined;
  readonly children: ReactNode;
}

/** A sentence with a control in it, and what is to be said about it. The whole sentence is the control's name. */
export function SentenceField({ before, after, hint, error, children }: SentenceFieldProps) {
  return (
    <BaseField.Root invalid={error !== undefined} className="flex flex-col gap-1">
      <BaseField.Label className="block leading-10 font-medium text-ink">
        {before} {children} {after}
      </BaseField.Label>
      <BaseField.Description className="text-sm text-ink-subtle">{hint}</BaseField.Description>
      {error !== undefined && <FieldError>{error}</FieldError>}
    </BaseField.Root>
  );
}

function FieldError({ children }: { readonly children: string }) {
  return (
    <BaseField.Error match className="flex gap-1.5 text-sm text-failed">
      <CircleAlert aria-hidden className="mt-px size-3.5 shrink-0" />
      {children}
    </BaseField.Error>
  );
}

/** A number within a sentence. */
export function SentenceInput(props: Omit<ComponentProps<typeof BaseField.Control>, "className">) {
  return (
    <BaseField.Control
      inputMode="numeric"
      autoComplete="off"
      {...props}
      className={classes(inputClasses, "mx-0.5 inline-block h-(--control) w-24! leading-normal")}
    />
  );
}

export function Input(props: Omit<ComponentProps<typeof BaseField.Control>, "className">) {
  return <BaseField.Control {...props} className={classes(inputClasses, "h-(--control)")} />;
}

export function Textarea({ rows = 3, ...rest }: Omit<ComponentProps<"textarea">, "className">) {
  return (
    <BaseField.Control
      render={
        <textarea rows={rows} {...rest} className={classes(inputClasses, "resize-y py-1.5")} />
      }
    />
  );
}
