import type { OidcConfig } from "@/lib/config/sign-in-config";
import { displayNameSchema, usernameSchema } from "@/lib/users/user-schema";
import { clusterName } from "./cluster-name";
import { type Role, ROLES } from "./permissions";

/** What an OpenID provider says of somebody, in our terms. */
export interface Person {
  readonly subject: string;
  readonly username: string;
  readonly displayName: string;
  /** Null when nothing that was said of them means a role. */
  readonly role: Role | null;
  /** Undefined where clusters are assigned in the panel. */
  readonly clusters: readonly string[] | undefined;
}

type Claims = Readonly<Record<string, unknown>>;

const MAX_NAME_LENGTH = 64;
const EVERYBODY = "*";

/** Reads the claims of a validated ID token. Of several roles that are meant, the one that may most counts. */
export function personOf(claims: Claims, subject: string, config: OidcConfig): Person {
  const username = usernameOf(claims, subject, config);
  const name = displayNameSchema.safeParse(textAt(claims, "name").slice(0, MAX_NAME_LENGTH));
  const role = roleOf(claims, config);
  const named = config.clusterClaim && textsAt(claims, config.clusterClaim);
  const clusters = named ? named.filter((text) => clusterName.safeParse(text).success) : undefined;
  return {
    ...{ subject, username, role },
    displayName: name.success ? name.data : username,
    clusters: role === "ops" ? clusters : undefined,
  };
}

function roleOf(claims: Claims, { roleClaim, roleMap }: OidcConfig): Role | null {
  const meant = [EVERYBODY, ...textsAt(claims, roleClaim)].map((value) => roleMap.get(value));
  return ROLES.find((role) => meant.includes(role)) ?? null;
}

function usernameOf(claims: Claims, subject: string, { usernameClaim }: OidcConfig): string {
  const candidates = [textAt(claims, usernameClaim), textAt(claims, "email"), subject];
  for (const candidate of candidates) {
    const plain = candidate.toLowerCase().replaceAll(/[^a-z0-9._@-]/g, "-");
    const name = usernameSchema.safeParse(plain.replace(/^[^a-z0-9]+/, "").slice(0, 64));
    if (name.success) return name.data;
  }
  return "user";
}

function textAt(claims: Claims, path: string): string {
  return textsAt(claims, path)[0] ?? "";
}

/** The texts of a claim: one, or a list. Where no claim has the whole name, its dots lead into objects. */
function textsAt(claims: Claims, path: string): string[] {
  const value = Object.hasOwn(claims, path) ? claims[path] : valueAt(claims, path.split("."));
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((each) => typeof each === "string");
}

function valueAt(value: unknown, [head, ...rest]: readonly string[]): unknown {
  if (head === undefined) return value;
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, head)) return undefined;
  return valueAt((value as Claims)[head], rest);
}
