import { type Actor, mayWith } from "@/lib/auth/permissions";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import { findTokensOf, type Token } from "./token-repository";

/** The tokens of a user that were not revoked, for themselves or who may revoke them. @throws AppError `forbidden` */
export async function listTokens(
  { db }: { readonly db: DatabaseOrTransaction },
  actor: Actor,
  userId: string,
): Promise<Token[]> {
  if (!mayWith(actor, "token.revoke", { userId, cluster: null })) {
    throw new AppError("forbidden", "These tokens belong to somebody else.");
  }
  return findTokensOf(db, userId);
}
