import { NOTES_PROTOCOL, sessionNoteSchema, USE_REPORT } from "@/lib/gateway/session-note";
import { gatewayAddress } from "./gateway-address";
import type { SessionView, ViewEvents } from "./session-view";

export interface WebAppAddress {
  /** Of the gateway's WebSocket, from the ticket; may be relative to this page. */
  readonly url: string;
  /** Of the app, on an origin of its own. */
  readonly app_url: string;
}

/** Shorter than browsers call a person active after a click, which are a few seconds. */
const REPORT_EVERY_MS = 1_000;

/**
 * All that apps need, on their own origin, and nothing of the tab around them: an app cannot lead the tab away, and
 * what it opens in a new tab is an ordinary tab there.
 */
const SANDBOX = [
  "allow-downloads",
  "allow-forms",
  "allow-modals",
  "allow-pointer-lock",
  "allow-popups",
  "allow-popups-to-escape-sandbox",
  "allow-same-origin",
  "allow-scripts",
].join(" ");

/**
 * Shows a web app in a frame inside `target`, and hears of its session through the gateway. A frame that is there
 * from an earlier connection stays as it is: the app in it knows nothing of ours.
 */
export function openWebApp(
  target: HTMLElement,
  address: WebAppAddress,
  events: ViewEvents,
): Promise<SessionView> {
  const present = target.querySelector("iframe");
  const frame = present ?? addFrame(target, address.app_url);
  const socket = new WebSocket(gatewayAddress(address.url), [NOTES_PROTOCOL]);
  const reporting = setInterval(() => {
    if (isInUse(frame) && socket.readyState === socket.OPEN) socket.send(USE_REPORT);
  }, REPORT_EVERY_MS);
  let over = false;
  const isShown = present === null ? untilLoaded(frame) : Promise.resolve();
  socket.addEventListener("open", () => {
    void isShown.then(() => {
      if (!over) events.opened();
    });
  });
  socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (typeof data === "string") events.note(sessionNoteSchema.parse(JSON.parse(data)));
  });
  socket.addEventListener("close", ({ code }) => {
    clearInterval(reporting);
    if (over) return;
    over = true;
    events.closed(code);
  });
  return Promise.resolve({
    canvas: null,
    focus: () => frame.focus({ preventScroll: true }),
    // The app has the browser's own clipboard.
    paste: () => undefined,
    close: () => {
      over = true;
      clearInterval(reporting);
      socket.close();
    },
  });
}

/**
 * Whether the person has just clicked, tapped or typed, in the app's frame too: browsers tell that of a frame to the page
 * around it, whatever the frame's origin (HTML, "user activation"), and nothing else of its input. Where they do not,
 * whether the app has the keyboard.
 */
function isInUse(frame: HTMLIFrameElement): boolean {
  const { userActivation } = navigator as Partial<Pick<Navigator, "userActivation">>;
  return userActivation?.isActive ?? (document.hasFocus() && document.activeElement === frame);
}

function addFrame(target: HTMLElement, url: string): HTMLIFrameElement {
  const frame = document.createElement("iframe");
  frame.title = "App";
  frame.setAttribute("sandbox", SANDBOX);
  frame.allow = "clipboard-read; clipboard-write; fullscreen";
  frame.referrerPolicy = "no-referrer";
  // The page's colour scheme is none of the app's: with another one a frame is never transparent.
  frame.style.cssText = "width:100%;height:100%;border:0;color-scheme:light;background:#fff";
  frame.src = url;
  target.append(frame);
  return frame;
}

function untilLoaded(frame: HTMLIFrameElement): Promise<void> {
  return new Promise((resolve) => {
    frame.addEventListener("load", () => resolve(), { once: true });
  });
}
