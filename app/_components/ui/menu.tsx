"use client";

import { Menu as BaseMenu } from "@base-ui/react/menu";
import { Check, type LucideIcon } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { usePopupContainer } from "./popup-container";

interface MenuProps {
  /** A button with a name of its own. */
  readonly trigger: ReactElement;
  readonly children: ReactNode;
}

/** A list of actions behind a button. */
export function Menu({ trigger, children }: MenuProps) {
  const container = usePopupContainer();
  return (
    <BaseMenu.Root modal={false}>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal container={container}>
        <BaseMenu.Positioner sideOffset={4} align="end" className="z-50">
          <BaseMenu.Popup className="max-h-(--available-height) min-w-40 overflow-y-auto rounded-md bg-raised py-1 shadow-popup transition-opacity outline-none data-ending-style:opacity-0 data-starting-style:opacity-0">
            {children}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

const itemClasses =
  "flex min-h-(--control) cursor-default items-center gap-2 px-3 text-base text-ink select-none data-disabled:opacity-55 data-highlighted:bg-pressed data-highlighted:outline-none";

interface MenuItemProps {
  readonly icon?: LucideIcon;
  readonly children: ReactNode;
  readonly onClick: () => void;
  readonly disabled?: boolean;
}

export function MenuItem({ icon: Icon, children, onClick, disabled = false }: MenuItemProps) {
  return (
    <BaseMenu.Item className={itemClasses} onClick={onClick} disabled={disabled}>
      {Icon && <Icon aria-hidden className="size-4 text-ink-subtle" />}
      {children}
    </BaseMenu.Item>
  );
}

interface MenuLinkProps {
  readonly icon?: LucideIcon;
  readonly href: string;
  readonly children: ReactNode;
  /** The browser saves the answer instead of showing it. */
  readonly download?: boolean;
}

export function MenuLink({ icon: Icon, href, children, download = false }: MenuLinkProps) {
  return (
    <BaseMenu.LinkItem
      className={itemClasses}
      href={href}
      download={download || undefined}
      closeOnClick
    >
      {Icon && <Icon aria-hidden className="size-4 text-ink-subtle" />}
      {children}
    </BaseMenu.LinkItem>
  );
}

interface MenuCheckboxProps {
  readonly checked: boolean;
  readonly onChange: () => void;
  readonly children: ReactNode;
}

/** One of several that can be on at the same time; the menu stays open. */
export function MenuCheckbox({ checked, onChange, children }: MenuCheckboxProps) {
  return (
    <BaseMenu.CheckboxItem
      checked={checked}
      onCheckedChange={onChange}
      className={`${itemClasses} ps-9! relative`}
    >
      <BaseMenu.CheckboxItemIndicator className="absolute start-3">
        <Check aria-hidden className="size-4" />
      </BaseMenu.CheckboxItemIndicator>
      {children}
    </BaseMenu.CheckboxItem>
  );
}

export function MenuSeparator() {
  return <div role="separator" className="my-1 h-px bg-line" />;
}
