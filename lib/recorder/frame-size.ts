/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rectangle extends Size {
  readonly x: number;
  readonly y: number;
}

/** Larger screens are scaled down: encoding more than this in software leaves no time for the session itself. */
const LARGEST_FRAME: Size = { width: 1920, height: 1080 };

/** The recording's size for a screen: never larger than it, within the cap, its shape kept, and even, as video codecs want it. */
export function frameSizeFor(screen: Size): Size {
  const scale = scaleInto(screen, LARGEST_FRAME);
  return { width: evenAtMost(screen.width * scale), height: evenAtMost(screen.height * scale) };
}

/** Where a screen of any size lies in a frame: as large as fits, centred. */
export function letterbox(screen: Size, frame: Size): Rectangle {
  const scale = Math.min(frame.width / screen.width, frame.height / screen.height);
  const width = Math.round(screen.width * scale);
  const height = Math.round(screen.height * scale);
  const x = Math.floor((frame.width - width) / 2);
  const y = Math.floor((frame.height - height) / 2);
  return { x, y, width, height };
}

/** Where `part` of a screen lies in a frame in which that screen has `place`; both in pixels of their own. */
export function placeWithin(part: Rectangle, screen: Size, place: Rectangle): Rectangle {
  const scaleX = place.width / screen.width;
  const scaleY = place.height / screen.height;
  return {
    x: place.x + part.x * scaleX,
    y: place.y + part.y * scaleY,
    width: part.width * scaleX,
    height: part.height * scaleY,
  };
}

/** A smaller picture of the same shape, at most `maxWidth` wide. */
export function thumbnailSize(frame: Size, maxWidth: number): Size {
  const scale = Math.min(1, maxWidth / frame.width);
  return { width: Math.round(frame.width * scale), height: Math.round(frame.height * scale) };
}

function scaleInto(screen: Size, largest: Size): number {
  return Math.min(1, largest.width / screen.width, largest.height / screen.height);
}

function evenAtMost(pixels: number): number {
  return Math.max(2, Math.floor(pixels / 2) * 2);
}
