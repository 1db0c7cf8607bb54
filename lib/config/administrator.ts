import { z } from "zod";
import { MAX_PASSWORD_LENGTH } from "@/lib/users/user-schema";
import { ConfigError } from "./config";

/** The account that the first start makes. */
export interface AdministratorConfig {
  readonly username: string;
  /** Undefined: one is generated. */
  readonly password: string | undefined;
}

const username = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/);
const password = z.string().max(MAX_PASSWORD_LENGTH);

/**
 * Reads who the first administrator is to be out of environment variables; null where local accounts are off,
 * and administrators come from the OpenID provider.
 * @throws ConfigError naming the variable and what is allowed; a password is never shown.
 */
export function parseAdministrator(
  environment: Readonly<Record<string, string | undefined>>,
): AdministratorConfig | null {
  if (environment["SORTIE_LOCAL_ACCOUNTS"] === "false") return null;
  const givenName = (environment["SORTIE_ADMIN_USERNAME"] || "admin").toLowerCase();
  if (!username.safeParse(givenName).success) {
    throw new ConfigError(
      `SORTIE_ADMIN_USERNAME is ${JSON.stringify(givenName)}; allowed: ` +
        "1 to 64 letters, digits, dots, hyphens and underscores, a letter or digit first.",
    );
  }
  const givenPassword = environment["SORTIE_ADMIN_PASSWORD"] || undefined;
  if (givenPassword !== undefined && !password.safeParse(givenPassword).success) {
    throw new ConfigError(
      `SORTIE_ADMIN_PASSWORD is (hidden); allowed: up to ${MAX_PASSWORD_LENGTH} characters.`,
    );
  }
  return { username: givenName, password: givenPassword };
}
