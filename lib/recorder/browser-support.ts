import type { RecordedSource } from "./recorded-source";

/** Why recording is not possible in this browser, as a sentence; null when nothing is missing. */
export function missingSupport(source: RecordedSource["kind"]): string | null {
  if (!isSecureContext) {
    return "Recording needs a secure connection. Open this page over https, or on localhost.";
  }
  if (typeof Worker === "undefined") {
    return missing("background workers");
  }
  if (typeof MediaRecorder === "undefined") {
    return missing("MediaRecorder");
  }
  if (typeof HTMLCanvasElement.prototype.captureStream !== "function") {
    return missing("capturing a canvas (captureStream)");
  }
  if (source === "tab" && typeof navigator.mediaDevices.getDisplayMedia !== "function") {
    return missing("tab capture (getDisplayMedia), as browsers on phones do");
  }
  return null;
}

/** Said when the browser has a MediaRecorder but none of our codecs really starts. */
export const NO_ENCODER = missing("a video encoder (VP9, VP8 or H.264)");

/** Said when the browser has workers but does not run ours. */
export const NO_WORKER =
  "This page could not start the recorder's background worker. Reload it; if that does not help, ask an administrator.";

function missing(what: string): string {
  return `This browser cannot record: it lacks ${what}. Use a current Chrome, Edge, Firefox or Safari.`;
}
