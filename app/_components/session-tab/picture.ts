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
  layer.style.cssText = "position:absolute;inset:0;display:flex";
  mount.append(layer);
  return layer;
}
