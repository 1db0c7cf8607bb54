import { recordAuditEvent, type Client } from "@/lib/audit/record-audit-event";
import { hashPassword, verifyPassword } from "@/lib/auth/password";
import type { Actor } from "@/lib/auth/permissions";
import { countAttempt, forgiveAttempt } from "@/lib/auth/sign-in-attempts";
import type { Database } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import { changeUser, type User } from "./user-repository";
import type { UpdateAccountInput } from "./user-schema";

export interface UpdateAccountDeps {
  readonly db: Database;
  readonly now: () => Date;
}

export interface UpdatedAccount {
  readonly user: User;
  /** All sign-ins have ended, the caller's too: it is to be given a new one. */
  readonly signInsEnded: boolean;
}

/**
 * People change their own name or password. A new password needs the current one, guesses count like
 * wrong sign-ins, and every sign-in ends: a thief's as well.
 * @throws AppError `wrong_password`, `rate_limited`
 */
export async function updateAccount(
  deps: UpdateAccountDeps,
  by: { readonly actor: Actor; readonly client: Client },
  input: UpdateAccountInput,
): Promise<UpdatedAccount> {
  const passwordHash = await newHash(deps, by, input);
  const { userId: id, displayName } = by.actor;
  const target = { type: "user", id } as const;
  const renamed = (input.display_name ?? displayName) !== displayName;
  const signInsEnded = passwordHash !== undefined;

  const user = await deps.db.$transaction(async (transaction) => {
    const change = {
      ...(input.display_name !== undefined && { displayName: input.display_name }),
      ...(passwordHash !== undefined && { passwordHash }),
    };
    const changed = await changeUser(transaction, id, change, { endSignIns: signInsEnded });
    if (renamed) {
      const detail = { display_name: changed.displayName };
      await recordAuditEvent(transaction, { ...by, action: "user.update", target, detail });
    }
    if (signInsEnded) {
      await recordAuditEvent(transaction, { ...by, action: "user.password_change", target });
    }
    return changed;
  });
  return { user, signInsEnded };
}

async function newHash(
  deps: UpdateAccountDeps,
  { actor, client }: { readonly actor: Actor; readonly client: Client },
  { current_password, new_password }: UpdateAccountInput,
): Promise<string | undefined> {
  if (new_password === undefined || current_password === undefined) return undefined;
  const { passwordHash } = await deps.db.user.findUniqueOrThrow({
    where: { id: actor.userId },
    select: { passwordHash: true },
  });
  if (passwordHash === null) {
    throw new AppError(
      "conflict",
      "You sign in at the OpenID provider. Change your password there.",
    );
  }
  const attempt = await countAttempt(deps, actor.username, client);
  if (!(await verifyPassword(current_password, passwordHash))) {
    throw new AppError("wrong_password", "The current password is wrong. Type it again.");
  }
  await forgiveAttempt(deps.db, attempt);
  return hashPassword(new_password);
}

/** Whether somebody signs in here with a password, and not at the OpenID provider. */
export async function hasPassword(
  { db }: { readonly db: Database },
  { userId }: Actor,
): Promise<boolean> {
  return (await db.user.count({ where: { id: userId, passwordHash: { not: null } } })) === 1;
}
