import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";

/** A slow viewer may be this far behind before its desktop is no longer read from… */
const HIGH_WATER_BYTES = 1024 * 1024;
/** …and this far before it is read from again. */
const LOW_WATER_BYTES = 256 * 1024;

export interface BridgeEvents {
  /** Bytes of the viewer went to the desktop. */
  readonly onViewerBytes: (bytes: Uint8Array) => void;
  /** A sign of life: the viewer took bytes or sent some. */
  readonly onProgress: () => void;
  /** The desktop's side is over. */
  readonly onDesktopEnd: () => void;
  /** The viewer sent a text message, which no viewer does. */
  readonly onText: () => void;
}

/**
 * Joins a viewer and a desktop until one of them goes. Neither can make us hold more than it has
 * taken: whoever is slow stops the other from being read. Closing the viewer's side is the caller's
 * work; a viewer who goes takes the connection to the desktop along.
 */
export function bridgeDesktop(viewer: WebSocket, desktop: Duplex, events: BridgeEvents): void {
  const onSent = (error?: Error | null) => {
    if (error) return;
    events.onProgress();
    if (desktop.isPaused() && viewer.bufferedAmount < LOW_WATER_BYTES) desktop.resume();
  };
  desktop.on("data", (bytes: Buffer) => {
    if (viewer.readyState !== viewer.OPEN) return;
    viewer.send(bytes, { binary: true }, onSent);
    if (viewer.bufferedAmount > HIGH_WATER_BYTES) desktop.pause();
  });
  // An error is followed by `close`, which is all that matters.
  desktop.on("error", () => undefined);
  desktop.once("close", events.onDesktopEnd);
  // A desktop that only ends its half has nothing more to show.
  desktop.once("end", () => desktop.destroy());

  viewer.on("message", (bytes, isBinary) => {
    if (!isBinary || !Buffer.isBuffer(bytes)) {
      events.onText();
      return;
    }
    events.onProgress();
    events.onViewerBytes(bytes);
    if (!desktop.writable || desktop.write(bytes)) return;
    viewer.pause();
  });
  desktop.on("drain", () => viewer.resume());
  viewer.once("close", () => desktop.destroy());
}
