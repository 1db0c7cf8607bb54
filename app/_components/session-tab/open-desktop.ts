import { NOTES_PROTOCOL, sessionNoteSchema } from "@/lib/gateway/session-note";
import { gatewayAddress } from "./gateway-address";
import { releaseKeysOnLeave } from "./release-keys";
import type { SessionView, ViewEvents } from "./session-view";

/** RFC 6455: the connection went away without a close frame. */
const ABNORMAL_CLOSURE = 1006;

export interface DesktopAddress {
  /** From the ticket; may be relative to this page. */
  readonly url: string;
  readonly password: string;
}

/**
 * Shows a desktop inside `target` through the gateway. noVNC is loaded on first use, since it can
 * only run in a browser.
 */
export async function openDesktop(
  target: HTMLElement,
  address: DesktopAddress,
  events: ViewEvents,
): Promise<SessionView> {
  const { default: Rfb } = await import("@novnc/novnc");
  // noVNC tells nobody the close code, so the WebSocket is opened here.
  const socket = new WebSocket(gatewayAddress(address.url), [NOTES_PROTOCOL, "binary"]);
  let over = false;
  const finish = (closeCode: number) => {
    if (over) return;
    over = true;
    events.closed(closeCode);
  };
  // Both registered before noVNC's own listeners: notes are not the desktop's, so that it never sees one…
  socket.addEventListener("message", (event: MessageEvent<unknown>) => {
    if (typeof event.data !== "string") return;
    event.stopImmediatePropagation();
    events.note(sessionNoteSchema.parse(JSON.parse(event.data)));
  });
  // …and the picture can be kept before it is taken away.
  socket.addEventListener("close", (event) => {
    finish(event.code);
  });
  const rfb = new Rfb(target, socket, { credentials: { password: address.password } });
  let disconnected = false;
  rfb.scaleViewport = true;
  rfb.resizeSession = true;
  rfb.background = "transparent";
  rfb.addEventListener("connect", events.opened);
  rfb.addEventListener("securityfailure", events.refused);
  rfb.addEventListener("disconnect", () => {
    disconnected = true;
    finish(ABNORMAL_CLOSURE);
  });
  rfb.addEventListener("clipboard", (event) => {
    events.clipboard(event.detail.text);
  });
  const canvas = target.querySelector<HTMLCanvasElement>(":scope > div > canvas");
  if (canvas === null) throw new Error("noVNC made no canvas.");
  // It takes every key but ours: whoever cannot see it must hear what it is and how to leave it.
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", "Desktop. Control Shift M leads to the session bar.");
  releaseKeysOnLeave(canvas);
  return {
    canvas,
    focus: () => {
      rfb.focus({ preventScroll: true });
    },
    paste: (text) => {
      rfb.clipboardPasteFrom(text);
    },
    close: () => {
      over = true;
      if (!disconnected) rfb.disconnect();
    },
  };
}
