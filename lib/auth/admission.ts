import type { SignInConfig } from "@/lib/config/sign-in-config";

/**
 * Whether an installation lets a user in at all: one with a local account unless these are off, one of an OpenID
 * provider while it is the configured one. So no cookie or token goes on for who could not sign in any more.
 */
export function isAdmitted(
  { oidcIssuer }: { readonly oidcIssuer: string | null },
  { oidc, localAccounts }: SignInConfig,
): boolean {
  return oidcIssuer === null ? localAccounts : oidcIssuer === oidc?.issuer;
}
