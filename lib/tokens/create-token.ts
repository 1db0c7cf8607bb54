import { recordAuditEvent, type Client } from "@/lib/audit/record-audit-event";
import type { Actor } from "@/lib/auth/permissions";
import type { Database } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import { findTokensOf, insertToken, type Token } from "./token-repository";
import type { CreateTokenInput } from "./token-schema";
import { scopesFor, TOKEN_SCOPES } from "./token-scope";
import { hashTokenSecret, newTokenSecret } from "./token-secret";

const DAY_MS = 86_400_000;
/** One person's at a time: more would not be kept in view. */
const MAX_TOKENS = 50;

/**
 * Makes a token for oneself. `secret` is the token; it is kept nowhere and cannot be shown again.
 * @throws AppError `bad_request` for a scope that one's role has nothing of, `conflict` when there are too many
 */
export async function createToken(
  { db, now }: { readonly db: Database; readonly now: () => Date },
  { actor, client }: { readonly actor: Actor; readonly client: Client },
  { name, scopes, expires_in_days: days }: CreateTokenInput,
): Promise<{ readonly token: Token; readonly secret: string }> {
  const offered = scopesFor(actor.role);
  const denied = scopes.find((scope) => !offered.includes(scope));
  if (denied !== undefined) {
    const { label } = TOKEN_SCOPES[denied];
    throw new AppError("bad_request", `Your role has nothing of “${label}”. Leave it out.`);
  }
  const secret = newTokenSecret();
  return db.$transaction(async (transaction) => {
    if ((await findTokensOf(transaction, actor.userId)).length >= MAX_TOKENS) {
      throw new AppError("conflict", `You have ${MAX_TOKENS} tokens. Revoke one you do not need.`);
    }
    const createdAt = now();
    const token = await insertToken(transaction, {
      ...{ userId: actor.userId, name, scopes, tokenHash: hashTokenSecret(secret), createdAt },
      expiresAt: new Date(createdAt.getTime() + days * DAY_MS),
    });
    await recordAuditEvent(transaction, {
      actor,
      client,
      action: "token.create",
      target: { type: "token", id: token.id },
      detail: { name, scopes: scopes.join(", "), expires_at: token.expiresAt.toISOString() },
    });
    return { token, secret };
  });
}
