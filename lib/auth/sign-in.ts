import { recordAuditEvent, type Client } from "@/lib/audit/record-audit-event";
import type { Database } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import { verifyPassword } from "./password";
import type { SessionToken } from "./session-token";
import { signInErrorSentence } from "./sign-in-error";
import { countAttempt, forgiveAttempt } from "./sign-in-attempts";

export interface SignInDeps {
  readonly db: Database;
  readonly now: () => Date;
}

/** Longer names cannot exist (see the user schema), so they are cut rather than counted apart. */
const MAX_NAME_LENGTH = 64;

/**
 * Signs a local account in: counts the try, checks the password, records what came of it.
 * Whether an account is disabled is told only to who knows its password.
 * @throws AppError `wrong_credentials`, `rate_limited`, `account_disabled`
 */
export async function signIn(
  deps: SignInDeps,
  client: Client,
  credentials: { readonly username: string; readonly password: string },
): Promise<SessionToken> {
  const username = keepable(credentials.username).trim().toLowerCase().slice(0, MAX_NAME_LENGTH);
  const attempt = await countAttempt(deps, username, client);
  const user = await deps.db.user.findUnique({ where: { username } });
  const right = await verifyPassword(credentials.password, user?.passwordHash ?? null);

  const refuse = async (reason: "wrong_credentials" | "account_disabled") => {
    const actor = { userId: user?.id ?? null, username };
    const event = { actor, client, action: "user.sign_in_failed", detail: { reason } } as const;
    await recordAuditEvent(deps.db, event);
    return new AppError(reason, signInErrorSentence(reason));
  };
  if (user === null || !right) throw await refuse("wrong_credentials");
  if (user.disabledAt !== null) throw await refuse("account_disabled");

  const { id: userId, sessionVersion } = user;
  await deps.db.$transaction(async (transaction) => {
    await forgiveAttempt(transaction, attempt);
    await transaction.user.update({ where: { id: userId }, data: { lastSignInAt: deps.now() } });
    await recordAuditEvent(transaction, {
      actor: { userId, username },
      client,
      action: "user.sign_in",
      target: { type: "user", id: userId },
    });
  });
  return { userId, sessionVersion };
}

/** PostgreSQL keeps no text with U+0000; a name that holds one is nobody's, and stays so. */
function keepable(text: string): string {
  return text.replaceAll("\0", "\uFFFD");
}
