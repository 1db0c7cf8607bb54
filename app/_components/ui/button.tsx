"use client";

import { Button as BaseButton } from "@base-ui/react/button";
import { LoaderCircle, type LucideIcon } from "lucide-react";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { classes } from "./classes";
import { Tooltip } from "./tooltip";

/** `solid` is the one action a screen is about; `strong` goes through with something that cannot be taken back. */
export type ButtonLook = "solid" | "strong" | "outline" | "quiet";

const LOOKS: Record<ButtonLook, string> = {
  solid: "bg-accent text-on-accent hover:bg-accent-hover",
  strong: "bg-ink text-on-ink hover:bg-ink-muted",
  outline: "border border-line-strong bg-surface text-ink hover:bg-hover active:bg-pressed",
  quiet: "text-ink-muted hover:bg-hover hover:text-ink active:bg-pressed",
};

/** `row` and `rowText` are small enough for a row of a list. */
export type ButtonShape = "text" | "rowText" | "square" | "row";

const SHAPES: Record<ButtonShape, string> = {
  text: "h-(--control) px-3",
  rowText: "h-6 px-2 pointer-coarse:h-11 pointer-coarse:px-3",
  square: "size-(--control)",
  row: "size-6 pointer-coarse:size-11",
};

/** The classes of a button, for the few elements that look like one and are not. */
export function buttonClasses(look: ButtonLook = "outline", shape: ButtonShape = "text"): string {
  return classes(
    "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md text-base font-medium whitespace-nowrap transition-colors select-none",
    "data-disabled:cursor-not-allowed data-disabled:opacity-55",
    SHAPES[shape],
    LOOKS[look],
  );
}

interface ButtonProps extends Omit<ComponentProps<"button">, "className"> {
  readonly look?: ButtonLook;
  readonly shape?: "text" | "rowText";
  readonly icon?: LucideIcon;
  /** Shows that the action runs; the button stays focusable and does nothing more. */
  readonly busy?: boolean;
}

export function Button({
  look = "outline",
  shape = "text",
  icon: Icon,
  busy = false,
  disabled = false,
  children,
  ...rest
}: ButtonProps) {
  return (
    <BaseButton
      type="button"
      {...rest}
      disabled={disabled || busy}
      focusableWhenDisabled={busy}
      aria-busy={busy || undefined}
      className={buttonClasses(look, shape)}
    >
      {busy ? (
        <LoaderCircle aria-hidden className="size-4 animate-spin" />
      ) : (
        Icon && <Icon aria-hidden className="size-4" />
      )}
      {children}
    </BaseButton>
  );
}

interface IconButtonProps extends Omit<
  ButtonProps,
  "children" | "aria-label" | "icon" | "busy" | "shape"
> {
  readonly icon: LucideIcon;
  /** Its name for screen readers and, with the shortcut, its tooltip. */
  readonly label: string;
  readonly shortcut?: string;
  /** `row` is small enough for a row of a list. */
  readonly shape?: "square" | "row";
}

export function IconButton({
  icon: Icon,
  label,
  shortcut,
  look = "quiet",
  shape = "square",
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip content={label} {...(shortcut === undefined ? {} : { shortcut })}>
      <BaseButton type="button" {...rest} aria-label={label} className={buttonClasses(look, shape)}>
        <Icon aria-hidden className="size-4" />
      </BaseButton>
    </Tooltip>
  );
}

interface ButtonLinkProps extends Omit<ComponentProps<typeof Link>, "className"> {
  readonly look?: ButtonLook;
  readonly shape?: "text" | "rowText";
  readonly icon?: LucideIcon;
  readonly children: ReactNode;
}

/** A link that looks like a button: it goes somewhere, it changes nothing. */
export function ButtonLink({
  look = "outline",
  shape = "text",
  icon: Icon,
  children,
  ...rest
}: ButtonLinkProps) {
  return (
    <Link {...rest} className={buttonClasses(look, shape)}>
      {Icon && <Icon aria-hidden className="size-4" />}
      {children}
    </Link>
  );
}
