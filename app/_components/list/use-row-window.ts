"use client";

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useLayoutEffect, useState } from "react";

const ROW_HEIGHT_PX = 33;
const OVERSCAN_ROWS = 12;
/** Fewer rows than this are all in the page: finding text in it then finds them too. */
const WHOLE_BELOW_ROWS = 150;

export interface RowWindow {
  readonly indexes: readonly number[];
  /** Room for the rows before and after those in the page, in pixels. */
  readonly before: number;
  readonly after: number;
  readonly measure: (row: Element | null) => void;
}

/** Which rows of a long list belong in the page at the window's scroll position. */
export function useRowWindow(body: RefObject<HTMLElement | null>, count: number): RowWindow {
  const [bodyTop, setBodyTop] = useState(0);
  useLayoutEffect(() => {
    if (body.current === null) return;
    setBodyTop(body.current.getBoundingClientRect().top + window.scrollY);
  }, [body]);
  const windowed = count >= WHOLE_BELOW_ROWS;
  const virtualizer = useWindowVirtualizer<Element>({
    count,
    enabled: windowed,
    estimateSize: () => ROW_HEIGHT_PX,
    overscan: OVERSCAN_ROWS,
    scrollMargin: bodyTop,
  });
  if (!windowed) {
    return { indexes: [...Array(count).keys()], before: 0, after: 0, measure: ignore };
  }
  const items = virtualizer.getVirtualItems();
  return {
    indexes: items.map(({ index }) => index),
    before: (items[0]?.start ?? bodyTop) - bodyTop,
    after: virtualizer.getTotalSize() + bodyTop - (items.at(-1)?.end ?? bodyTop),
    measure: virtualizer.measureElement,
  };
}

function ignore(): void {
  return undefined;
}
