import { createHash, randomBytes } from "node:crypto";
import type { Actor } from "@/lib/auth/permissions";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import type { SessionProvider } from "@/lib/providers/session-provider";
import { getSession } from "./get-session";

export const TICKET_LIFETIME_MS = 60_000;
const TICKET_BYTES = 32;

export interface IssuedTicket {
  readonly ticket: string;
  readonly password: string;
}

/**
 * A ticket that lets its holder's next WebSocket into one's own running session, once; with the
 * password that the desktop will ask for. Only the ticket's hash is kept.
 * @throws AppError `not_found`, `forbidden`, `session_not_running`
 */
export async function issueTicket(
  deps: {
    readonly db: DatabaseOrTransaction;
    readonly provider: Pick<SessionProvider, "desktopPassword">;
    readonly now: () => Date;
  },
  actor: Actor,
  sessionId: string,
): Promise<IssuedTicket> {
  const session = await getSession(deps, actor, sessionId, "use");
  if (session.status !== "running" || session.providerRef === null) {
    throw new AppError(
      "session_not_running",
      session.status === "creating"
        ? "The session is still starting. Try again in a moment."
        : "The session is over. Open the app again.",
    );
  }
  const password = deps.provider.desktopPassword(session.providerRef);
  const ticket = randomBytes(TICKET_BYTES).toString("base64url");
  await deps.db.gatewayTicket.create({
    data: {
      tokenHash: hashTicket(ticket),
      sessionId,
      userId: actor.userId,
      expiresAt: new Date(deps.now().getTime() + TICKET_LIFETIME_MS),
    },
    select: { tokenHash: true },
  });
  return { ticket, password };
}

/** SHA-256 in hex: a ticket is random enough to need no salt. */
export function hashTicket(ticket: string): string {
  return createHash("sha256").update(ticket).digest("hex");
}
