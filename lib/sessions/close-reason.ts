import { assertNever } from "@/lib/errors/assert-never";

/** Why a session is over. Codes are kept for good: clients may switch on them. */
export const CLOSE_REASONS = [
  "user_ended",
  "admin_ended",
  "idle",
  "max_duration",
  "desktop_exited",
  "server_restarted",
  "start_failed",
  "user_disabled",
] as const;

export type CloseReason = (typeof CLOSE_REASONS)[number];

/** What the session's user is told: what happened and, where it helps, what to do. */
export function closeMessage(reason: CloseReason): string {
  switch (reason) {
    case "user_ended":
      return "You ended the session.";
    case "admin_ended":
      return "An administrator ended the session.";
    case "idle":
      return "Nobody used the session for too long, so it was ended. Open the app again to go on.";
    case "max_duration":
      return "The session reached the longest time allowed. Open the app again to go on.";
    case "desktop_exited":
      return "The session stopped by itself. Open the app again to go on.";
    case "server_restarted":
      return "The server that ran the session was stopped or restarted. Open the app again to go on.";
    case "start_failed":
      return "The session did not start. Try again; if it fails again, ask an administrator to read the server's log.";
    case "user_disabled":
      return "The account was disabled, so its sessions were ended.";
    default:
      return assertNever(reason);
  }
}
