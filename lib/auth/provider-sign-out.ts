import { z } from "zod";
import type { Config } from "@/lib/config/config";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import type { Logger } from "@/lib/logging/logger";
import type { OidcConfig } from "@/lib/config/sign-in-config";

interface ProviderSignOutDeps {
  readonly db: DatabaseOrTransaction;
  readonly config: Pick<Config, "signIn">;
  readonly log: Logger;
}

/** Signing out here must not wait long for somebody else. */
const TIMEOUT_MS = 3_000;
const metadataSchema = z.object({ end_session_endpoint: z.url().optional() });

/**
 * Where a browser whose sign-in here has just ended is to end it at the OpenID provider too, and come back to
 * `returnTo`: OpenID Connect RP-Initiated Logout 1.0. Null for a local account, and where the provider offers
 * no such address or does not answer: signing out here never depends on it.
 */
export async function providerSignOutUrl(
  { db, config, log }: ProviderSignOutDeps,
  userId: string,
  returnTo: string,
): Promise<string | null> {
  const { oidc } = config.signIn;
  if (oidc === null) return null;
  const user = await db.user.findUnique({ where: { id: userId }, select: { oidcIssuer: true } });
  if (user?.oidcIssuer !== oidc.issuer) return null;
  const endpoint = await endSessionEndpoint(oidc).catch((error: unknown) => {
    log.warn({ err: error }, "The OpenID provider did not say where to sign out");
    return null;
  });
  if (endpoint === null) return null;
  const url = new URL(endpoint);
  url.searchParams.set("client_id", oidc.clientId);
  url.searchParams.set("post_logout_redirect_uri", returnTo);
  return url.href;
}

async function endSessionEndpoint({ issuer }: OidcConfig): Promise<string | null> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const answer = await fetch(`${issuer}/.well-known/openid-configuration`, { signal });
  const { end_session_endpoint: endpoint } = metadataSchema.parse(await answer.json());
  return endpoint !== undefined && /^https?:$/.test(new URL(endpoint).protocol) ? endpoint : null;
}
