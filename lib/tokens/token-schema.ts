import { z } from "zod";
import { TOKEN_SCOPE_NAMES } from "./token-scope";

/** The shapes of personal tokens in the API; for the server and for the browser. */

export const MAX_TOKEN_DAYS = 366;

export const createTokenSchema = z.strictObject({
  /** What it is for, so that its owner knows it again. */
  name: z.string().trim().min(1, "a name is needed").max(64, "at most 64 characters"),
  scopes: z
    .array(z.enum(TOKEN_SCOPE_NAMES))
    .min(1, "choose what the token may do")
    .transform((scopes) => [...new Set(scopes)]),
  expires_in_days: z.number().int().min(1).max(MAX_TOKEN_DAYS),
});
export type CreateTokenInput = z.output<typeof createTokenSchema>;

export const tokenSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  scopes: z.array(z.string()),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  /** To the minute. */
  last_used_at: z.iso.datetime().nullable(),
});
/** A token as the API shows it: everything but the token. */
export type TokenItem = z.output<typeof tokenSchema>;

/** The answer to making one, and the only place where the token itself stands. */
export const newTokenSchema = tokenSchema.extend({ token: z.string() });
