import { type Actor, type Reach, reachOf } from "@/lib/auth/permissions";
import type { Database, Prisma } from "@/lib/db/database";
import { type PagePosition, toPage } from "@/lib/db/page";
import { AppError } from "@/lib/errors/app-error";
import { findRecordings, type Recording } from "./recording-repository";
import type { RecordingStatus } from "./recording-state";

export interface RecordingFilters {
  readonly status?: readonly RecordingStatus[] | undefined;
  readonly appId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly userId?: string | undefined;
  /** Words that must all occur in the file name, the description or the user's name. */
  readonly text?: string | undefined;
  /** Made at or after this time… */
  readonly from?: Date | undefined;
  /** …and before this one. */
  readonly to?: Date | undefined;
}

export interface ListInput {
  readonly scope: "own" | "all";
  readonly filters?: RecordingFilters;
  readonly sort?: "newest" | "oldest" | undefined;
  readonly limit: number;
  /** The last row of the page before. */
  readonly cursor?: PagePosition | undefined;
}

export interface RecordingPage {
  readonly recordings: readonly Recording[];
  /** Where the next page begins; null when this is the last. */
  readonly next: PagePosition | null;
}

/** One page of recordings: one's own, or those of others that one may see. @throws AppError `forbidden` */
export async function listRecordings(
  { db }: { readonly db: Database },
  actor: Actor,
  { scope, filters = {}, sort = "newest", limit, cursor }: ListInput,
): Promise<RecordingPage> {
  const rows = await findRecordings(db, {
    where: { AND: [visibleTo(actor, scope), matching(filters)] },
    order: sort === "newest" ? "desc" : "asc",
    after: cursor,
    limit: limit + 1,
  });
  const { rows: recordings, next } = toPage(rows, limit);
  return { recordings, next };
}

function visibleTo(actor: Actor, scope: ListInput["scope"]): Reach {
  if (scope === "own") return { userId: actor.userId };
  const reach = reachOf(actor, "recording.view");
  if (reach === null) throw new AppError("forbidden", "You see your own recordings only.");
  return reach;
}

function matching(filters: RecordingFilters): Prisma.RecordingWhereInput {
  const { status, appId, sessionId, userId, text, from, to } = filters;
  const words = text?.trim().split(/\s+/).filter(Boolean) ?? [];
  return {
    ...(status === undefined ? {} : { status: { in: [...status] } }),
    ...(appId === undefined ? {} : { session: { appId } }),
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(userId === undefined ? {} : { userId }),
    createdAt: {
      ...(from === undefined ? {} : { gte: from }),
      ...(to === undefined ? {} : { lt: to }),
    },
    AND: words.map(containing),
  };
}

function containing(word: string): Prisma.RecordingWhereInput {
  // In LIKE patterns these three mean something else.
  const contains = word.replaceAll(/[\\%_]/g, String.raw`\$&`);
  const match = { contains, mode: "insensitive" } as const;
  return {
    OR: [{ filename: match }, { description: match }, { user: { username: match } }],
  };
}
