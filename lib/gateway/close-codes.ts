import { assertNever } from "@/lib/errors/assert-never";
import type { CloseReason } from "@/lib/sessions/close-reason";

/**
 * Why the gateway closed a viewer's WebSocket (RFC 6455, 7.4: 4000–4999 are an application's own).
 * Pure: the browser imports it too.
 */
export const CLOSE_CODES = {
  /** The server is stopping; another one, or the same, is there in a moment. */
  restarting: 1012,
  /** The viewer sent what the gateway does not take. */
  unsupportedData: 1003,
  internalError: 1011,
  ticketNotValid: 4401,
  notAllowed: 4403,
  noSuchSession: 4404,
  idleTooLong: 4408,
  sessionEnded: 4409,
  maxDurationReached: 4410,
} as const;

export type CloseName = keyof typeof CLOSE_CODES;

/** What a WebSocket's close frame says beside the code: at most 123 bytes. */
export const CLOSE_TEXTS: Readonly<Record<CloseName, string>> = {
  restarting: "The server is restarting.",
  unsupportedData: "Only binary messages are taken here.",
  internalError: "Something went wrong on the server.",
  ticketNotValid: "The ticket is not valid any more.",
  notAllowed: "You are no longer allowed to use this session.",
  noSuchSession: "There is no such session.",
  idleTooLong: "Nobody used the session for too long.",
  sessionEnded: "The session has ended.",
  maxDurationReached: "The session reached the longest time allowed.",
};

/** How a viewer is told why the session they watch was closed. */
export function closeNameOf(reason: CloseReason): CloseName {
  switch (reason) {
    case "idle":
      return "idleTooLong";
    case "max_duration":
      return "maxDurationReached";
    case "user_disabled":
      return "notAllowed";
    case "user_ended":
    case "admin_ended":
    case "desktop_exited":
    case "server_restarted":
    case "start_failed":
    case "left_line":
      return "sessionEnded";
    default:
      return assertNever(reason);
  }
}
