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
  "left_line",
] as const;

export type CloseReason = (typeof CLOSE_REASONS)[number];

/**
 * What the session's user is told: what happened and, where it helps, what to do.
 * @param why where the reason says too little: a sentence of whoever ran it, such as that it used too much memory
 */
export function closeMessage(reason: CloseReason, why: string | null): string {
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
      return sentences("The session stopped by itself.", why, "Open the app again to go on.");
    case "server_restarted":
      return "The server that ran the session was stopped or restarted. Open the app again to go on.";
    case "start_failed":
      return sentences(
        "The session did not start.",
        why,
        "Try again; if it fails again, ask an administrator to read the server's log.",
      );
    case "user_disabled":
      return "The account was disabled, so its sessions were ended.";
    case "left_line":
      return "Nobody was there to take the next free place, so the waiting ended. Open the app again to wait anew, and keep its tab open.";
    default:
      return assertNever(reason);
  }
}

function sentences(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null).join(" ");
}
