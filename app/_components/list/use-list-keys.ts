"use client";

import type { RefObject } from "react";
import { isCovered, isTyping, useKeyDown } from "../use-key-down";

interface ListKeys {
  readonly body: RefObject<HTMLElement | null>;
  readonly onSelect?: (rowId: string) => void;
}

/**
 * j and k move the focus along the rows' links, so that Enter, screen readers and the browser's own
 * link keys work on the row; x selects it. A row is an element with `data-row-id` that holds one `a[data-row-link]`.
 */
export function useListKeys({ body, onSelect }: ListKeys): void {
  useKeyDown((event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event) || isCovered()) return;
    if (body.current === null) return;
    const rows = [...body.current.querySelectorAll<HTMLElement>("[data-row-id]")];
    const index = rows.findIndex((row) => row.contains(document.activeElement));
    switch (event.key) {
      case "j":
        focusRow(rows[Math.min(index + 1, rows.length - 1)]);
        break;
      case "k":
        focusRow(rows[index < 0 ? 0 : Math.max(index - 1, 0)]);
        break;
      case "x": {
        const rowId = rows[index]?.dataset["rowId"];
        if (rowId !== undefined) onSelect?.(rowId);
        break;
      }
      default:
        return;
    }
    event.preventDefault();
  });
}

function focusRow(row: HTMLElement | undefined): void {
  const link = row?.querySelector<HTMLElement>("[data-row-link]");
  link?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
}
