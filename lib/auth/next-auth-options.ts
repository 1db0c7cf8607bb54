import type { NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { z } from "zod";
import { recordAuditEventOrLog, type Client } from "@/lib/audit/record-audit-event";
import type { Config } from "@/lib/config/config";
import type { Database } from "@/lib/db/database";
import { isDatabaseUnavailable } from "@/lib/db/database-error";
import { isAppError } from "@/lib/errors/app-error";
import type { Logger } from "@/lib/logging/logger";
import { personOf } from "./oidc-claims";
import { OIDC_PROVIDER_ID, oidcProvider } from "./oidc-provider";
import type { Actor } from "./permissions";
import { SIGN_IN_MAX_AGE_SECONDS, toTokenPayload, usesSecureCookies } from "./session-token";
import { signIn } from "./sign-in";
import { signInWithOidc } from "./sign-in-with-oidc";
import { encodeSignInError } from "./sign-in-error";

declare module "next-auth" {
  /** What `authorize` hands to the `jwt` callback. */
  interface User {
    sessionVersion: number;
  }
}

export interface AuthDeps {
  readonly db: Database;
  readonly config: Pick<Config, "authSecret" | "publicUrl" | "signIn">;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Who sent a request, and whose cookie it carries. */
export interface Caller {
  readonly client: Client;
  readonly actor: Actor | null;
}

/** next-auth's options for one request: they close over its caller, for the rate limit and the audit trail. */
export function nextAuthOptions(deps: AuthDeps, caller: Caller): NextAuthOptions {
  return {
    secret: deps.config.authSecret,
    useSecureCookies: usesSecureCookies(deps.config),
    session: { strategy: "jwt", maxAge: SIGN_IN_MAX_AGE_SECONDS },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    providers: providersFor(deps, caller),
    callbacks: {
      signIn: async ({ account, user, profile }) => {
        if (account?.provider !== OIDC_PROVIDER_ID) return true;
        const token = await vouchedFor(deps, caller, profile);
        // What the `jwt` callback is handed next: from here on they are a user of ours.
        Object.assign(user, { id: token.userId, sessionVersion: token.sessionVersion });
        return true;
      },
      // The token names a sign-in and nothing else: who that is now, the database is asked each time.
      jwt: ({ token, user, trigger }) =>
        trigger === "signIn"
          ? toTokenPayload({ userId: user.id, sessionVersion: user.sessionVersion })
          : token,
      session: ({ session }) => ({ ...session, user: { name: caller.actor?.displayName ?? null } }),
      redirect: ({ url, baseUrl }) => withinOrigin(url, baseUrl),
    },
    events: { signOut: () => recordSignOut(deps, caller) },
    logger: {
      error: (code, metadata) => deps.log.error({ err: metadata, code }, "next-auth failed"),
      warn: (code) => deps.log.warn({ code }, "next-auth warned"),
      debug: (code) => deps.log.debug({ code }, "next-auth"),
    },
  };
}

function providersFor(deps: AuthDeps, caller: Caller): NextAuthOptions["providers"] {
  const { oidc, localAccounts } = deps.config.signIn;
  const local = CredentialsProvider({
    name: "Sortie",
    credentials: { username: {}, password: { type: "password" } },
    authorize: (credentials) => authorise(deps, caller, credentials),
  });
  return [...(localAccounts ? [local] : []), ...(oidc === null ? [] : [oidcProvider(oidc)])];
}

/** The user whom the OpenID provider's claims mean. */
async function vouchedFor(deps: AuthDeps, { client }: Caller, claims: unknown) {
  const { oidc } = deps.config.signIn;
  if (oidc === null) throw new Error("internal");
  const { sub, ...others } = oidcClaims.parse(claims);
  try {
    return await signInWithOidc(deps, client, oidc, personOf(others, sub, oidc));
  } catch (error) {
    throw asSignInError(deps, error);
  }
}

const oidcClaims = z.looseObject({ sub: z.string().min(1) });
const credentialsSchema = z.object({ username: z.string(), password: z.string() });

/** next-auth passes a refusal on to the page as the text of the error, and nothing else. */
async function authorise(deps: AuthDeps, { client }: Caller, input: unknown) {
  try {
    const { data } = credentialsSchema.safeParse(input);
    const token = await signIn(deps, client, data ?? { username: "", password: "" });
    return { id: token.userId, sessionVersion: token.sessionVersion };
  } catch (error) {
    throw asSignInError(deps, error);
  }
}

function asSignInError(deps: AuthDeps, error: unknown): Error {
  if (isAppError(error)) return new Error(encodeSignInError(error), { cause: error });
  deps.log.error({ err: error }, "Signing in failed");
  const code = isDatabaseUnavailable(error) ? "unavailable" : "internal";
  return new Error(code, { cause: error });
}

async function recordSignOut(deps: AuthDeps, { actor, client }: Caller): Promise<void> {
  if (actor === null) return;
  const target = { type: "user", id: actor.userId } as const;
  await recordAuditEventOrLog(deps, { actor, client, action: "user.sign_out", target });
}

/** Where to go after signing in or out: an address of ours, whatever was asked for. */
function withinOrigin(url: string, origin: string): string {
  if (!URL.canParse(url, origin)) return origin;
  const target = new URL(url, origin);
  return target.origin === origin ? target.href : origin;
}
