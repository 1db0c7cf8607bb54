import type { DatabaseOrTransaction } from "@/lib/db/database";
import { hashTicket } from "./issue-ticket";

/** Who came with a ticket, and on which of their sign-ins: raising the user's version ends it. */
export interface TicketHolder {
  readonly userId: string;
  readonly sessionVersion: number;
}

/**
 * Uses up a ticket for this session; answers whose it was, or null when it is not valid: spent,
 * too old, another session's or none of ours. Of two that come at once, one wins.
 */
export async function redeemTicket(
  { db, now }: { readonly db: DatabaseOrTransaction; readonly now: () => Date },
  { sessionId, ticket }: { readonly sessionId: string; readonly ticket: string },
): Promise<TicketHolder | null> {
  const rows = await db.$queryRaw<TicketHolder[]>`
    DELETE FROM "gateway_tickets" USING "users"
     WHERE "token_hash" = ${hashTicket(ticket)} AND "session_id" = ${sessionId}::uuid
       AND "expires_at" > ${now()} AND "users"."id" = "user_id"
    RETURNING "user_id" AS "userId", "session_version" AS "sessionVersion"`;
  return rows[0] ?? null;
}
