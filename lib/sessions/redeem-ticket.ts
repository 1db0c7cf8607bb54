import type { DatabaseOrTransaction } from "@/lib/db/database";
import { hashTicket } from "./issue-ticket";

/**
 * Uses up a ticket for this session; answers whose it was, or null when it is not valid: spent,
 * too old, another session's or none of ours. Of two that come at once, one wins.
 */
export async function redeemTicket(
  { db, now }: { readonly db: DatabaseOrTransaction; readonly now: () => Date },
  { sessionId, ticket }: { readonly sessionId: string; readonly ticket: string },
): Promise<{ readonly userId: string } | null> {
  const rows = await db.$queryRaw<{ user_id: string }[]>`
    DELETE FROM "gateway_tickets"
     WHERE "token_hash" = ${hashTicket(ticket)} AND "session_id" = ${sessionId}::uuid
       AND "expires_at" > ${now()}
    RETURNING "user_id"`;
  const [row] = rows;
  return row === undefined ? null : { userId: row.user_id };
}
