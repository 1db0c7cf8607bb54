import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";

type Claims = Readonly<Record<string, unknown>>;

/** A real OpenID provider on loopback that knows whom a test tells it of. Its own pages ask for the name. */
export interface OpenIdProvider {
  readonly issuer: string;
  /** What the product is told to use it. */
  readonly environment: Readonly<Record<string, string>>;
  /** What it says of somebody from now on, by their login. */
  readonly claims: Map<string, Claims>;
  close(): Promise<void>;
}

const CLIENT = { client_id: "sortie", client_secret: "a secret between the two" };

/** `redirectUris`: where the product may be, with its path. */
export async function startOpenIdProvider(
  redirectUris: readonly string[],
): Promise<OpenIdProvider> {
  const claims = new Map<string, Claims>();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        ...CLIENT,
        redirect_uris: redirectUris,
        post_logout_redirect_uris: redirectUris.map((uri) => new URL("/sign-in", uri).href),
      },
    ],
    cookies: { keys: ["a key for tests"] },
    claims: { profile: ["name", "preferred_username"], openid: ["sub", "groups", "clusters"] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => Promise.resolve({ sub: id, ...claims.get(id) }),
    }),
  });
  server.on("request", provider.callback());
  return {
    issuer,
    claims,
    environment: {
      SORTIE_OIDC_ISSUER: issuer,
      SORTIE_OIDC_CLIENT_ID: CLIENT.client_id,
      SORTIE_OIDC_CLIENT_SECRET: CLIENT.client_secret,
      SORTIE_OIDC_NAME: "Example ID",
      SORTIE_OIDC_SCOPES: "openid profile",
      SORTIE_OIDC_ROLE_MAP: "sortie-admins=admin,sre=ops,staff=dev,interns=readonly",
      SORTIE_OIDC_CLUSTER_CLAIM: "clusters",
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
