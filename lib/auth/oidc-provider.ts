import type { OAuthConfig } from "next-auth/providers/oauth";
import { z } from "zod";
import type { OidcConfig } from "@/lib/config/sign-in-config";

/** How next-auth calls the provider; part of the address that is registered there. */
export const OIDC_PROVIDER_ID = "oidc";

const TIMEOUT_MS = 10_000;
const claimsSchema = z.looseObject({ sub: z.string().min(1) });
export type OidcClaims = z.output<typeof claimsSchema>;

/**
 * The OpenID Connect provider as next-auth knows it: code flow with PKCE, state and nonce, the ID token
 * validated against the provider's keys. What the userinfo endpoint adds counts too, for many keep groups
 * there; what both say, the signed token decides.
 */
export function oidcProvider(config: OidcConfig): OAuthConfig<OidcClaims> {
  return {
    id: OIDC_PROVIDER_ID,
    name: config.name,
    type: "oauth",
    wellKnown: `${config.issuer}/.well-known/openid-configuration`,
    clientId: config.clientId,
    clientSecret: config.clientSecret,
    authorization: { params: { scope: config.scopes } },
    idToken: true,
    checks: ["pkce", "state", "nonce"],
    httpOptions: { timeout: TIMEOUT_MS },
    userinfo: {
      request: async ({ client, tokens }) => {
        const signed = claimsSchema.parse(idTokenClaims(tokens));
        const hasUserinfo = client.issuer.metadata.userinfo_endpoint !== undefined;
        const { access_token: accessToken } = tokens;
        if (!hasUserinfo || accessToken === undefined) return signed;
        const said = claimsSchema.parse(await client.userinfo(accessToken));
        // OpenID Connect Core 5.3.2: an answer about somebody else must not be used.
        return said.sub === signed.sub ? { ...said, ...signed } : signed;
      },
    },
    profile: ({ sub }) => ({ id: sub, sessionVersion: 0 }),
  };
}

/** The token set that next-auth hands over is openid-client's, which has validated the ID token by now. */
function idTokenClaims(tokens: object): unknown {
  return "claims" in tokens && typeof tokens.claims === "function"
    ? (tokens.claims as () => unknown).call(tokens)
    : null;
}
