"use client";

import { useEffect, useState } from "react";
import { assertNever } from "@/lib/errors/assert-never";
import { placeWithin, type Rectangle } from "@/lib/recorder/frame-size";
import type { Pointer } from "@/lib/recorder/pointer";

interface Point {
  readonly x: number;
  readonly y: number;
}

/** What a CSS `cursor` shows: nothing, the system's arrow or an image of which `hotSpot` is what points. */
export type Cursor =
  | { readonly kind: "none" }
  | { readonly kind: "arrow" }
  | { readonly kind: "image"; readonly url: string; readonly hotSpot: Point };

/** As browsers write it, for instance `url("data:…") 4 4, default`; the hotspot may be missing. */
const CURSOR_IMAGE = /^url\((["']?)(.+?)\1\)(?:\s*([\d.]+)\s+([\d.]+))?\s*(?:,|$)/;

/** Reads a value of the CSS property `cursor`. Every keyword but `none` is taken for the arrow. */
export function parseCursor(css: string): Cursor {
  if (css === "none") return { kind: "none" };
  const [, , url, x = "0", y = "0"] = CURSOR_IMAGE.exec(css) ?? [];
  if (url === undefined) return { kind: "arrow" };
  return { kind: "image", url, hotSpot: { x: Number(x), y: Number(y) } };
}

/**
 * Where something that is seen on the page lies in a canvas's own pixels, of which it may show more or fewer than
 * the page has there.
 * @param seen in CSS pixels of the window, as `canvasBox`, which is not empty
 */
export function inCanvasPixels(
  seen: Rectangle,
  canvas: Pick<HTMLCanvasElement, "width" | "height">,
  canvasBox: Rectangle,
): Rectangle {
  const inBox = { ...seen, x: seen.x - canvasBox.x, y: seen.y - canvasBox.y };
  return placeWithin(inBox, canvasBox, { x: 0, y: 0, width: canvas.width, height: canvas.height });
}

/** A cursor's picture, with its size in CSS pixels. */
interface Shape {
  readonly image: HTMLImageElement | HTMLCanvasElement;
  readonly width: number;
  readonly height: number;
  readonly hotSpot: Point;
}

/**
 * The pointer over a desktop, which noVNC leaves to the browser to draw: it makes the desktop's pointer the canvas's
 * CSS cursor.
 */
class DesktopPointer {
  /** In CSS pixels of the window; null while the pointer is outside it. */
  #at: Point | null = null;
  #css: string | null = null;
  #cursor: Cursor = { kind: "none" };
  /** Of the cursor before, until the present one's is decoded. */
  #shape: Shape | null = null;
  readonly #canvas: () => HTMLCanvasElement | null;

  constructor(canvas: () => HTMLCanvasElement | null) {
    this.#canvas = canvas;
  }

  /** Follows the pointer; returns what ends that. */
  readonly follow = (): (() => void) => {
    const follow = ({ clientX, clientY }: PointerEvent) => {
      this.#at = { x: clientX, y: clientY };
    };
    const leave = () => {
      this.#at = null;
    };
    const page = document.documentElement;
    // In the capture phase of the window, for while a button is held noVNC keeps events to itself.
    window.addEventListener("pointermove", follow, { capture: true });
    page.addEventListener("pointerleave", leave);
    return () => {
      window.removeEventListener("pointermove", follow, { capture: true });
      page.removeEventListener("pointerleave", leave);
    };
  };

  /** The pointer in the canvas's pixels; null when none is seen over it. */
  readonly current = (): Pointer | null => {
    const canvas = this.#canvas();
    if (canvas === null) return null;
    this.#read(canvas.style.cursor);
    const seen = this.#cursor.kind === "none" ? drawnByNoVnc() : this.#drawnByBrowser(canvas);
    const box = canvas.getBoundingClientRect();
    if (seen === null || box.width === 0 || box.height === 0) return null;
    return { image: seen.image, ...inCanvasPixels(seen, canvas, box) };
  };

  #drawnByBrowser(canvas: HTMLCanvasElement): Pointer | null {
    if (this.#at === null || this.#shape === null || !isOver(this.#at, canvas)) return null;
    const { image, width, height, hotSpot } = this.#shape;
    return { image, x: this.#at.x - hotSpot.x, y: this.#at.y - hotSpot.y, width, height };
  }

  /** Decodes a cursor when it is another one than before. */
  #read(css: string): void {
    if (css === this.#css) return;
    this.#css = css;
    this.#cursor = parseCursor(css);
    void shapeOf(this.#cursor).then((shape) => {
      if (css === this.#css) this.#shape = shape;
    });
  }
}

async function shapeOf(cursor: Cursor): Promise<Shape | null> {
  switch (cursor.kind) {
    case "none":
      return null;
    case "arrow":
      return arrow();
    case "image": {
      const image = new Image();
      image.src = cursor.url;
      // Where an image is no good, browsers show the arrow too.
      const isGood = await image.decode().then(
        () => true,
        () => false,
      );
      const { naturalWidth: width, naturalHeight: height } = image;
      return isGood ? { image, width, height, hotSpot: cursor.hotSpot } : arrow();
    }
    default:
      return assertNever(cursor);
  }
}

/** A plain arrow, for a page cannot know the system's own. */
function arrow(): Shape {
  const image = document.createElement("canvas");
  image.width = 14;
  image.height = 21;
  const context = image.getContext("2d");
  if (context !== null) {
    const outline = new Path2D("M1 1 V16.5 L4.6 13.2 L7.2 19 L9.8 17.8 L7.3 12.2 H12.2 Z");
    context.fillStyle = "#000";
    context.fill(outline);
    context.strokeStyle = "#fff";
    context.stroke(outline);
  }
  return { image, width: image.width, height: image.height, hotSpot: { x: 1, y: 1 } };
}

/**
 * On a device with a touch screen noVNC shows no CSS cursor: it draws the pointer into a canvas of its own right in
 * the page's body, whether a mouse or a finger moves it. See its core/util/cursor.js.
 */
function drawnByNoVnc(): Pointer | null {
  const image = document.querySelector<HTMLCanvasElement>("body > canvas");
  if (image === null || image.width === 0 || image.height === 0) return null;
  if (image.style.visibility === "hidden") return null;
  const { x, y, width, height } = image.getBoundingClientRect();
  return { image, x, y, width, height };
}

/** While a button is held, noVNC covers the page with something that passes its events on to the canvas. */
function isOver({ x, y }: Point, canvas: HTMLCanvasElement): boolean {
  const { captureElement } = document as Document & { captureElement?: Element | null };
  return captureElement === canvas || document.elementFromPoint(x, y) === canvas;
}

/** What tells the pointer over the desktop that `canvas` shows, for as long as the component is mounted. */
export function useDesktopPointer(canvas: () => HTMLCanvasElement | null): () => Pointer | null {
  const [pointer] = useState(() => new DesktopPointer(canvas));
  useEffect(() => pointer.follow(), [pointer]);
  return pointer.current;
}
