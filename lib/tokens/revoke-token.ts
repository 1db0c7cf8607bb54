import { recordAuditEvent, type Client } from "@/lib/audit/record-audit-event";
import { type Actor, mayWith } from "@/lib/auth/permissions";
import type { Database } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import { findToken, markRevoked } from "./token-repository";

/**
 * Makes a token worthless, within the few seconds that the way of uploads may know it for. Harmless when it
 * is revoked already.
 * @throws AppError `not_found`, also for a token of somebody else's that one may not revoke
 */
export async function revokeToken(
  { db, now }: { readonly db: Database; readonly now: () => Date },
  { actor, client }: { readonly actor: Actor; readonly client: Client },
  tokenId: string,
): Promise<void> {
  await db.$transaction(async (transaction) => {
    const token = await findToken(transaction, tokenId);
    const owned = token !== null && { userId: token.userId, cluster: null };
    if (!owned || !mayWith(actor, "token.revoke", owned)) {
      throw new AppError("not_found", "There is no such token. Reload the list.");
    }
    if (!(await markRevoked(transaction, tokenId, now()))) return;
    await recordAuditEvent(transaction, {
      actor,
      client,
      action: "token.revoke",
      target: { type: "token", id: tokenId },
      detail: { name: token.name, owner_id: token.userId },
    });
  });
}
