import { z } from "zod";

/** The part of Prisma's errors we judge by; the cause is what the PostgreSQL adapter saw. */
const prismaError = z.object({
  name: z.string().startsWith("Prisma"),
  code: z.string().optional(),
  meta: z
    .object({
      driverAdapterError: z
        .object({
          cause: z
            .object({ kind: z.string().optional(), originalCode: z.string().optional() })
            .optional(),
        })
        .optional(),
    })
    .optional(),
});

/** Prisma's codes for a database that is away, closing, out of connections or too slow to answer. */
const UNAVAILABLE_CODES: ReadonlySet<string> = new Set(
  "P1001 P1002 P1008 P1017 P2024 P2028 P2037".split(" "),
);
/** The same where Prisma has no code of its own, as for raw queries. */
const UNAVAILABLE_KINDS: ReadonlySet<string> = new Set([
  "DatabaseNotReachable",
  "ConnectionClosed",
  "SocketTimeout",
  "TooManyConnections",
]);
/** PostgreSQL's classes 08 (connection), 53 (resources) and 57P (shutting down or starting). */
const UNAVAILABLE_SQLSTATE = /^(08|53|57P)/;

/** Whether a failed query means that the database cannot be used now, so that trying later makes sense. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const parsed = prismaError.safeParse(error);
  if (!parsed.success) return false;
  const { code = "", meta } = parsed.data;
  const { kind = "", originalCode = "" } = meta?.driverAdapterError?.cause ?? {};
  return (
    UNAVAILABLE_CODES.has(code) ||
    UNAVAILABLE_KINDS.has(kind) ||
    UNAVAILABLE_SQLSTATE.test(originalCode)
  );
}

/** PostgreSQL's code for a text that it cannot keep: one with the character U+0000. */
const TEXT_REFUSED_SQLSTATE = "22021";

/** Whether a query failed because a text in it cannot be kept: whoever sent it has to send another. */
export function isTextRefused(error: unknown): boolean {
  const cause = prismaError.safeParse(error).data?.meta?.driverAdapterError?.cause;
  return cause?.originalCode === TEXT_REFUSED_SQLSTATE;
}

/** Whether a write failed because another row has the same unique value. */
export function isUniqueViolation(error: unknown): boolean {
  const parsed = prismaError.safeParse(error);
  return parsed.success && parsed.data.code === "P2002";
}
