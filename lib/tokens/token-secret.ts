import { createHash, randomBytes } from "node:crypto";

const PREFIX = "sortie_";
const SECRET_BYTES = 32;
/** The prefix lets people and scanners of leaked secrets see what it is. */
const FORM = /^sortie_[A-Za-z0-9_-]{43}$/;

export function newTokenSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString("base64url");
}

/** Whether a text could be one of our tokens; what could not need not be looked up. */
export function isTokenSecret(text: string): boolean {
  return FORM.test(text);
}

/** SHA-256 in hex: a token is random enough to need neither salt nor a slow hash. */
export function hashTokenSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
