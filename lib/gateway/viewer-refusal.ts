import type { TicketHolder } from "@/lib/sessions/redeem-ticket";
import type { Session } from "@/lib/sessions/session-repository";
import { type CloseName, closeNameOf } from "./close-codes";

/** Why this viewer may not watch or use this session now; null when they may. */
export function refusalOf(
  session: Session | null,
  { userId, sessionVersion }: TicketHolder,
): CloseName | null {
  if (session === null) return "noSuchSession";
  // Tickets are for one's own sessions only, so the session's user is the viewer.
  if (session.userId !== userId || session.isUserDisabled) return "notAllowed";
  if (session.closeReason !== null) return closeNameOf(session.closeReason);
  // All sign-ins ended, as with a new password. Whoever has signed in again gets another ticket.
  if (session.userSessionVersion !== sessionVersion) return "ticketNotValid";
  return session.status === "running" ? null : "sessionEnded";
}
