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
  /** What the tab needs beside it to show the session. */
  readonly shows:
    /** `password` is what the desktop will ask for. */
    | { readonly kind: "desktop"; readonly password: string }
    /** `frameTicket` lets its holder's frame into the app, once. */
    | { readonly kind: "web"; readonly frameTicket: string };
}

interface IssueDeps {
  readonly db: DatabaseOrTransaction;
  readonly provider: Pick<SessionProvider, "desktopPassword">;
  readonly now: () => Date;
}

/**
 * A ticket that lets its holder's next WebSocket into one's own running session, once, with what
 * showing it takes. Only the tickets' hashes are kept.
 * @throws AppError `not_found`, `forbidden`, `session_not_running`
 */
export async function issueTicket(
  deps: IssueDeps,
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
  const holder = { sessionId, userId: actor.userId };
  const shows: IssuedTicket["shows"] =
    session.appKind === "web"
      ? { kind: "web", frameTicket: await newTicket(deps, holder) }
      : { kind: "desktop", password: deps.provider.desktopPassword(session.providerRef) };
  return { ticket: await newTicket(deps, holder), shows };
}

async function newTicket(
  { db, now }: IssueDeps,
  holder: { readonly sessionId: string; readonly userId: string },
): Promise<string> {
  const ticket = randomBytes(TICKET_BYTES).toString("base64url");
  const expiresAt = new Date(now().getTime() + TICKET_LIFETIME_MS);
  await db.gatewayTicket.create({
    data: { ...holder, tokenHash: hashTicket(ticket), expiresAt },
    select: { tokenHash: true },
  });
  return ticket;
}

/** SHA-256 in hex: a ticket is random enough to need no salt. */
export function hashTicket(ticket: string): string {
  return createHash("sha256").update(ticket).digest("hex");
}
