import type { Rectangle } from "./frame-size";

/**
 * The mouse pointer as it is seen over the source, in the source's pixels: browsers draw it over the page, so it is
 * in no canvas. It may stick out of the source.
 */
export interface Pointer extends Rectangle {
  /** Decoded, and with at least one pixel. */
  readonly image: CanvasImageSource;
}

/** Tells whether two pointers look the same; null is none. */
export function isSamePointer(a: Pointer | null, b: Pointer | null): boolean {
  if (a === null || b === null) return a === b;
  const isSamePlace = a.x === b.x && a.y === b.y;
  return isSamePlace && a.width === b.width && a.height === b.height && a.image === b.image;
}
