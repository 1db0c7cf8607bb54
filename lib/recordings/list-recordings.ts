import { type Actor, type Reach, reachOf } from "@/lib/auth/permissions";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import type { RecordingFilters } from "./recording-conditions";
import { findListed } from "./recording-list-repository";
import { type ListPosition, positionOf } from "./recording-order";
import type { Recording } from "./recording-repository";
import type { RecordingSort } from "./recording-schema";

export interface ListInput {
  readonly scope: "own" | "all";
  readonly filters?: RecordingFilters;
  readonly sort?: RecordingSort;
  readonly limit: number;
  /** The last row of the page before. */
  readonly cursor?: ListPosition | undefined;
}

export interface RecordingPage {
  readonly recordings: readonly Recording[];
  /** Where the next page begins; null when this is the last. */
  readonly next: ListPosition | null;
}

/** One page of recordings: one's own, or those of others that one may see. @throws AppError `forbidden` */
export async function listRecordings(
  { db }: { readonly db: DatabaseOrTransaction },
  actor: Actor,
  { scope, filters = {}, sort = "newest", limit, cursor }: ListInput,
): Promise<RecordingPage> {
  const within = visibleTo(actor, scope);
  const query = { within, filters, sort, after: cursor, limit };
  const { recordings, hasMore } = await findListed(db, query);
  const last = recordings.at(-1);
  return { recordings, next: hasMore && last !== undefined ? positionOf(last) : null };
}

function visibleTo(actor: Actor, scope: ListInput["scope"]): Reach {
  if (scope === "own") return { userId: actor.userId };
  const reach = reachOf(actor, "recording.view");
  if (reach === null) throw new AppError("forbidden", "You see your own recordings only.");
  return reach;
}
