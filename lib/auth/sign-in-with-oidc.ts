import { createHash } from "node:crypto";
import { recordAuditEvent, type Client } from "@/lib/audit/record-audit-event";
import type { OidcConfig } from "@/lib/config/sign-in-config";
import type { Database, DatabaseOrTransaction } from "@/lib/db/database";
import { isUniqueViolation } from "@/lib/db/database-error";
import { AppError } from "@/lib/errors/app-error";
import { losesDesktop } from "@/lib/users/user-policy";
import { changeUser, findUserBySubject, type User } from "@/lib/users/user-repository";
import type { Person } from "./oidc-claims";
import type { Role } from "./permissions";
import type { SessionToken } from "./session-token";
import { signInErrorSentence } from "./sign-in-error";

export interface OidcSignInDeps {
  readonly db: Database;
  readonly now: () => Date;
}

/** Somebody of whom the provider said what their role is. */
type Admitted = Person & { readonly role: Role };

/**
 * Signs in whom the OpenID provider vouches for: the user of its address and the subject, made at the first
 * time, never one who only has the same name. Role and clusters are what the provider says this time.
 * @throws AppError `no_role`, `account_disabled`
 */
export async function signInWithOidc(
  deps: OidcSignInDeps,
  client: Client,
  { issuer }: Pick<OidcConfig, "issuer">,
  person: Person,
): Promise<SessionToken> {
  const known = await findUserBySubject(deps.db, { issuer, subject: person.subject });
  const { role } = person;
  if (role === null) {
    await recordRefusal(deps.db, client, person, known, "no_role");
    throw new AppError("no_role", signInErrorSentence("no_role"));
  }
  if (known !== null && known.disabledAt !== null) {
    await recordRefusal(deps.db, client, person, known, "account_disabled");
    throw new AppError("account_disabled", signInErrorSentence("account_disabled"));
  }
  const admitted = { ...person, role };
  const user = known ?? (await makeUser(deps.db, client, issuer, admitted));
  return deps.db.$transaction((transaction) =>
    letIn(transaction, client, user, admitted, deps.now()),
  );
}

async function letIn(
  transaction: DatabaseOrTransaction,
  client: Client,
  user: User,
  { role, clusters }: Admitted,
  now: Date,
): Promise<SessionToken> {
  const wanted = role === "ops" ? (clusters ?? user.clusters) : [];
  const isChanged = role !== user.role || wanted.join() !== user.clusters.join();
  const change = { lastSignInAt: now, ...(isChanged && { role, clusters: wanted }) };
  const endSignIns = losesDesktop(user.role, role);
  const { id, username, sessionVersion } = await changeUser(transaction, user.id, change, {
    endSignIns,
  });
  const event = { actor: { userId: id, username }, client, target: { type: "user", id } } as const;
  if (isChanged) {
    const detail = { username, role, clusters: wanted.join(", "), by: "openid provider" };
    await recordAuditEvent(transaction, { ...event, action: "user.update", detail });
  }
  const detail = { method: "oidc" };
  await recordAuditEvent(transaction, { ...event, action: "user.sign_in", detail });
  return { userId: id, sessionVersion };
}

/** A name that somebody else has is told apart by a few digits of the subject, the same ones each time. */
async function makeUser(
  db: Database,
  client: Client,
  issuer: string,
  person: Admitted,
): Promise<User> {
  const { subject, displayName, role } = person;
  const digits = createHash("sha256").update(`${issuer}\n${subject}`).digest("hex");
  const names = [person.username, `${person.username.slice(0, 55)}-${digits.slice(0, 8)}`];
  for (const username of names) {
    const data = { username, displayName, role, oidcIssuer: issuer, oidcSubject: subject };
    try {
      await db.$transaction(async (transaction) => {
        const { id } = await transaction.user.create({ data, select: { id: true } });
        await recordAuditEvent(transaction, {
          ...{ actor: { userId: id, username }, client, action: "user.create" },
          target: { type: "user", id },
          detail: { username, role, by: "openid provider" },
        });
      });
    } catch (error) {
      // The name is taken, or the same person signs in twice at this moment.
      if (!isUniqueViolation(error)) throw error;
    }
    const user = await findUserBySubject(db, { issuer, subject });
    if (user !== null) return user;
  }
  throw new AppError("conflict", "Two names for this account are taken. Ask an administrator.");
}

async function recordRefusal(
  db: Database,
  client: Client,
  { username, subject }: Person,
  user: User | null,
  reason: "no_role" | "account_disabled",
): Promise<void> {
  const actor = { userId: user?.id ?? null, username: user?.username ?? username };
  const detail = { reason, method: "oidc", subject };
  await recordAuditEvent(db, { actor, client, action: "user.sign_in_failed", detail });
}
