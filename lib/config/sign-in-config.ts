import { z } from "zod";
import { type Role, ROLES } from "@/lib/auth/permissions";

/** How people sign in. Without OpenID Connect there are local accounts: somebody has to get in. */
export type SignInConfig =
  | { readonly oidc: null; readonly localAccounts: true }
  | { readonly oidc: OidcConfig; readonly localAccounts: boolean };

/** An OpenID Connect provider, and what its claims mean here. */
export interface OidcConfig {
  /** Its address, without a slash at the end; with a subject it names a person. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What the provider is called on the sign-in page. */
  readonly name: string;
  readonly scopes: string;
  readonly usernameClaim: string;
  /** The claim that says what somebody is: a text or a list of texts. A dot leads into an object. */
  readonly roleClaim: string;
  /** Which of its values mean which role; `*` means everybody. */
  readonly roleMap: ReadonlyMap<string, Role>;
  /** The claim that names somebody's clusters; undefined: they are assigned in the panel. */
  readonly clusterClaim: string | undefined;
}

export const ROLE_MAP_ALLOWED =
  "pairs of a claim's value and a role (admin, ops, dev or readonly), such as sortie-admins=admin,staff=dev,*=readonly";

const pair = z
  .string()
  .regex(/^[^=]+=[^=]+$/)
  .transform((text) => text.split("=").map((part) => part.trim()))
  .pipe(z.tuple([z.string().min(1), z.enum(ROLES)]));

/** `value=role` pairs with commas between them. */
export const roleMap = z
  .string()
  .transform((text) => text.split(",").filter((part) => part.trim() !== ""))
  .pipe(z.array(pair).min(1))
  .transform((pairs): ReadonlyMap<string, Role> => new Map(pairs));
