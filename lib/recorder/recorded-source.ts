import type { Pointer } from "./pointer";
import { shareTab } from "./share-tab";

/** What is recorded, as a page names it. */
export type RecordedSource =
  | {
      readonly kind: "canvas";
      /** The canvas to record, asked before every frame; null or a detached canvas counts as disconnected. */
      readonly getCanvas: () => HTMLCanvasElement | null;
      /** What points at that canvas, asked before every frame too; left out where no pointer is recorded. */
      readonly getPointer?: () => Pointer | null;
    }
  | {
      /** No script sees what such an element shows: the browser captures its tab, and asks the user first. */
      readonly kind: "tab";
      /** The element to record; null while it is away, which counts as disconnected. */
      readonly getElement: () => HTMLElement | null;
    };

/** A picture as the composite canvas takes it, with its size in pixels of its own. */
export interface Picture {
  readonly image: HTMLCanvasElement | HTMLVideoElement;
  readonly width: number;
  readonly height: number;
}

/** Where one recording's frames come from. */
export interface Scene {
  /** The picture at this moment, of which no side is empty; null while there is none. */
  readonly getPicture: () => Picture | null;
  /** What points at it at this moment, in the picture's pixels. */
  readonly getPointer: () => Pointer | null;
  /** More than what was to be recorded is in the picture, since the browser cannot leave it out. */
  readonly isWholeTab: boolean;
  /** Resolves, with a sentence, when there will be no more pictures; for good. */
  readonly ended: Promise<string>;
  readonly close: () => void;
}

/**
 * Opens what `getSource` tells, which may tell something else later. A tab is asked for at once, while the browser
 * still knows that the user has just clicked. @throws CannotRecordError
 */
export async function openScene(getSource: () => RecordedSource): Promise<Scene> {
  const source = getSource();
  if (source.kind === "tab") {
    return shareTab(() => {
      const now = getSource();
      return now.kind === "tab" ? now.getElement() : null;
    });
  }
  const canvasOf = (now: RecordedSource) => (now.kind === "canvas" ? now.getCanvas() : null);
  return {
    getPicture: () => pictureOf(canvasOf(getSource())),
    getPointer: () => {
      const now = getSource();
      return now.kind === "canvas" ? (now.getPointer?.() ?? null) : null;
    },
    isWholeTab: false,
    ended: new Promise(() => undefined),
    close: () => undefined,
  };
}

function pictureOf(canvas: HTMLCanvasElement | null): Picture | null {
  if (canvas === null || !canvas.isConnected) return null;
  const { width, height } = canvas;
  return width > 0 && height > 0 ? { image: canvas, width, height } : null;
}
