/** Where a desktop is seen: a live layer, and over it the last picture of a desktop that is away. */
export interface Picture {
  /** Where the next desktop puts its elements. */
  readonly live: HTMLElement;
  /** What is seen now; null before the first desktop. */
  readonly canvas: HTMLCanvasElement | null;
  /** The desktop's canvas has its picture: it takes the place of the last one. */
  show(canvas: HTMLCanvasElement): void;
  /** Keeps the last picture when the desktop's own elements go away. */
  freeze(): void;
  remove(): void;
}

export function createPicture(mount: HTMLElement): Picture {
  const live = addLayer(mount);
  const still = addLayer(mount);
  still.style.pointerEvents = "none";
  let canvas: HTMLCanvasElement | null = null;
  return {
    live,
    get canvas() {
      return canvas;
    },
    show: (next) => {
      canvas = next;
      still.replaceChildren();
    },
    freeze: () => {
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
  layer.style.cssText = "position:absolute;inset:0;display:flex";
  mount.append(layer);
  return layer;
}
