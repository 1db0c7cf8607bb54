import type { SessionNote } from "@/lib/gateway/session-note";
import { assertNever } from "@/lib/errors/assert-never";
import type { TicketJson } from "@/lib/sessions/session-schema";
import { openDesktop } from "./open-desktop";
import { openWebApp } from "./open-web-app";

/** What a tab shows of its session, or showed until a moment ago. */
export interface SessionView {
  /** The picture, where it is one of the page's own. */
  readonly canvas: HTMLCanvasElement | null;
  focus(): void;
  /** Gives the session's clipboard this text. */
  paste(text: string): void;
  close(): void;
}

export interface ViewEvents {
  readonly opened: () => void;
  /** Called once; what was shown stays to be seen. */
  readonly closed: (closeCode: number) => void;
  /** The session did not take the password. */
  readonly refused: () => void;
  readonly clipboard: (text: string) => void;
  readonly note: (note: SessionNote) => void;
}

/** Shows a session inside `target`, as its kind wants it. */
export function openView(
  target: HTMLElement,
  ticket: TicketJson,
  events: ViewEvents,
): Promise<SessionView> {
  switch (ticket.kind) {
    case "desktop":
      return openDesktop(target, ticket, events);
    case "web":
      return openWebApp(target, ticket, events);
    default:
      return assertNever(ticket);
  }
}
