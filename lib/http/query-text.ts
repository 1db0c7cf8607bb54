import { z } from "zod";

/** A text in a query that PostgreSQL can look for: no longer than `maxLength` characters, none of them zero. */
export function queryText(maxLength: number) {
  return z
    .string()
    .max(maxLength)
    .refine((text) => !text.includes("\0"), "must not contain a zero character");
}
