import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { decode, encode, type JWT } from "next-auth/jwt";
import { z } from "zod";
import type { Config } from "@/lib/config/config";

type AuthConfig = Pick<Config, "authSecret" | "publicUrl">;

/** How long a sign-in lasts. Revoking is quicker: every request is checked against the database. */
export const SIGN_IN_MAX_AGE_SECONDS = 12 * 60 * 60;

/** Whose sign-in a token is, and which: raising the user's version ends all earlier ones. */
export interface SessionToken {
  readonly userId: string;
  readonly sessionVersion: number;
}

const payloadSchema = z
  .object({ sub: z.uuid(), session_version: z.number().int() })
  .transform((payload): SessionToken => ({
    userId: payload.sub,
    sessionVersion: payload.session_version,
  }));

/** Whether browsers must be told to send cookies over TLS only. */
export function usesSecureCookies({ publicUrl }: Pick<Config, "publicUrl">): boolean {
  return publicUrl?.startsWith("https:") ?? false;
}

/** next-auth's own name; the prefix makes browsers refuse it over plain HTTP, and from any other host of the domain. */
export function sessionCookieName(config: Pick<Config, "publicUrl">): string {
  return `${usesSecureCookies(config) ? "__Host-" : ""}next-auth.session-token`;
}

export function toTokenPayload({ userId, sessionVersion }: SessionToken): Record<string, unknown> {
  return { sub: userId, session_version: sessionVersion };
}

/** The claims of a payload that was decrypted already; null when it is not one of ours. */
export function fromTokenPayload(payload: unknown): SessionToken | null {
  return payloadSchema.safeParse(payload).data ?? null;
}

/**
 * Cookies that were decrypted lately, by their hash, each until it expires: a recorder sends the same
 * one with every few bytes, and deriving the key for it costs more than the rest of a small request.
 */
const decrypted = new LRUCache<string, SessionToken>({ max: 10_000 });

/** Reads the sign-in out of a request's cookie: decrypts it and checks its age. Null when there is none that holds. */
export async function readSessionToken(
  headers: Headers,
  config: AuthConfig,
): Promise<SessionToken | null> {
  const token = cookiesOf(headers)[sessionCookieName(config)];
  if (token === undefined) return null;
  const { authSecret: secret } = config;
  const hash = createHash("sha256").update(`${secret}\n${token}`).digest("base64");
  const known = decrypted.get(hash);
  if (known !== undefined) return known;
  try {
    const payload = await decode({ token, secret });
    const read = fromTokenPayload(payload);
    if (read !== null) decrypted.set(hash, read, { ttl: lifeMs(payload) });
    return read;
  } catch {
    return null; // forged, outdated, or encrypted with an earlier secret
  }
}

/** How long a payload still holds; at least 1 ms, because 0 would mean for ever. */
function lifeMs(payload: JWT | null): number {
  return Math.max(1, Number(payload?.["exp"] ?? 0) * 1000 - Date.now());
}

/** A `Set-Cookie` value that signs a browser in, such as after its user changed the password. */
export async function sessionCookie(token: SessionToken, config: AuthConfig): Promise<string> {
  const maxAge = SIGN_IN_MAX_AGE_SECONDS;
  const value = await encode({ token: toTokenPayload(token), secret: config.authSecret, maxAge });
  const secure = usesSecureCookies(config) ? "; Secure" : "";
  return `${sessionCookieName(config)}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure}`;
}

/** The cookies of a request by name (RFC 6265, section 4.2); of two with one name the first counts. */
export function cookiesOf(headers: Headers): Readonly<Record<string, string>> {
  const cookies: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const separator = pair.indexOf("=");
    if (separator < 0) continue;
    cookies[pair.slice(0, separator).trim()] ??= decodeValue(pair.slice(separator + 1).trim());
  }
  return cookies;
}

function decodeValue(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
