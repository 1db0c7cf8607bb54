/** Where a session is seen: a live layer, and over it the last picture of a desktop that is away. */
export interface Picture {
  /** Where the session puts its elements. */
  readonly live: HTMLElement;
  /** What is seen now; null before the first desktop. */
  readonly canvas: HTMLCanvasElement | null;
  /** The session can be used. A desktop's canvas takes the place of the last one; others have none. */
  show(canvas: HTMLCanvasElement | null): void;
  /** Keeps the last picture when the session's own elements go away, and lets nobody use it. */
  freeze(): void;
  remove(): void;
}

export function createPicture(mount: HTMLElement): Picture {
  const live = addLayer(mount);
  const still = addLayer(mount);
  // Nobody can use a desktop that is not there, by pointer or by keyboard.
  still.inert = true;
  live.inert = true;
  let canvas: HTMLCanvasElement | null = null;
  return {
    live,
    get canvas() {
      return canvas;
    },
    show: (next) => {
      canvas = next;
      live.inert = false;
      still.replaceChildren();
    },
    freeze: () => {
      live.inert = true;
      if (canvas !== null) still.replaceChildren(canvas);
    },
    remove: () => {
      live.remove();
      still.remove();
    },
  };
}

function addLayer(mount: HTMLElement): HTMLElement {
  const layer = document.createElement("div");
  // A stacking context of its own is what a browser can record alone.
  layer.style.cssText = "position:absolute;inset:0;display:flex;isolation:isolate";
  mount.append(layer);
  return layer;
}
