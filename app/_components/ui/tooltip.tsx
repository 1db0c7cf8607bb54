"use client";

import { Tooltip as BaseTooltip } from "@base-ui/react/tooltip";
import type { ReactElement, ReactNode } from "react";
import { Kbd } from "./kbd";

interface TooltipProps {
  readonly content: ReactNode;
  readonly shortcut?: string;
  readonly side?: "top" | "bottom" | "inline-start" | "inline-end";
  /** One focusable element; it must have a name of its own. */
  readonly children: ReactElement;
}

/** Says more about an element on hover and focus. Never the only place where something is said. */
export function Tooltip({ content, shortcut, side = "bottom", children }: TooltipProps) {
  return (
    <BaseTooltip.Root>
      <BaseTooltip.Trigger render={children} />
      <BaseTooltip.Portal>
        <BaseTooltip.Positioner side={side} sideOffset={6} className="z-50">
          {/* For the eye alone: what it says, the element's own name or description says too. */}
          <BaseTooltip.Popup
            aria-hidden
            className="flex max-w-80 items-center gap-2 rounded-md bg-raised px-2 py-1 text-sm text-ink shadow-popup transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0"
          >
            {content}
            {shortcut !== undefined && <Kbd>{shortcut}</Kbd>}
          </BaseTooltip.Popup>
        </BaseTooltip.Positioner>
      </BaseTooltip.Portal>
    </BaseTooltip.Root>
  );
}

/** Shared by the whole page, so that moving along a toolbar opens the next tooltip at once. */
export const TooltipProvider = BaseTooltip.Provider;
