import { z } from "zod";
import { type PagePosition, toPage } from "@/lib/db/page";

export type { PagePosition };

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 200;

const time = z.iso.datetime().transform((text) => new Date(text));

/** An opaque text for a position; clients hand it back as `cursor` and read nothing into it. */
export function encodeCursor({ createdAt, id }: PagePosition): string {
  return Buffer.from(JSON.stringify([createdAt.toISOString(), id])).toString("base64url");
}

/** Null when the text is none of ours. `idSchema` is of the ids in the list. */
export function decodeCursor(
  cursor: string,
  idSchema: z.ZodType<string> = z.uuid(),
): PagePosition | null {
  try {
    const position = z.tuple([time, idSchema]);
    const [createdAt, id] = position.parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
    return { createdAt, id };
  } catch {
    return null;
  }
}

/** A `cursor` in a list's query, which `decode` reads. */
export function cursorQuery<Position>(decode: (cursor: string) => Position | null) {
  return z
    .string()
    .transform((text, context) => {
      const position = decode(text);
      if (position !== null) return position;
      context.addIssue("not a cursor of this list; leave it out to start from the first page");
      return z.NEVER;
    })
    .optional();
}

/** The members of a list's query schema that choose the page: `z.object({ ...pageQuery, … })`. */
export const pageQuery = pageQueryOf(z.uuid());

/** The same for a list whose ids are no UUIDs. */
export function pageQueryOf(idSchema: z.ZodType<string>) {
  return {
    limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
    cursor: cursorQuery((text) => decodeCursor(text, idSchema)),
  };
}

/** The `Link` header (RFC 8288) to the page after `last`: the same address and filters, a new cursor. */
export function nextLink(request: Request, last: PagePosition): string {
  return linkTo(request, encodeCursor(last));
}

/** The same for a list with cursors of its own. */
export function linkTo(request: Request, cursor: string): string {
  const { pathname, searchParams } = new URL(request.url);
  searchParams.set("cursor", cursor);
  return `<${pathname}?${searchParams.toString()}>; rel="next"`;
}

/**
 * A page as JSON, with the link to the next one where there is one. Ask the database for `limit + 1`
 * rows: the extra one only tells that there is more.
 */
export function pageResponse<Row extends PagePosition>(
  request: Request,
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => unknown,
): Response {
  const page = toPage(rows, limit);
  const headers = new Headers();
  if (page.next !== null) headers.set("link", nextLink(request, page.next));
  return Response.json(page.rows.map(toItem), { headers });
}
