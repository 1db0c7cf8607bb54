import { type Actor, reachOf } from "@/lib/auth/permissions";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import { type PagePosition, toPage } from "@/lib/db/page";
import { AppError } from "@/lib/errors/app-error";
import { findCoverage, type HoldCoverage } from "./hold-coverage";
import { findHolds, type Hold } from "./hold-repository";
import type { HoldTarget } from "./hold-schema";

export interface ListHoldsInput {
  readonly inForceOnly: boolean;
  /** Only holds on such things, or on this very one. */
  readonly target?: { readonly type: HoldTarget; readonly id?: string | undefined } | undefined;
  readonly limit: number;
  /** The last row of the page before. */
  readonly cursor?: PagePosition | undefined;
}

export interface ListedHold extends Hold {
  readonly covers: HoldCoverage;
}

export interface HoldPage {
  readonly holds: readonly ListedHold[];
  /** Where the next page begins; null when this is the last. */
  readonly next: PagePosition | null;
}

/** One page of the legal holds that one may place and lift, newest first. @throws AppError `forbidden` */
export async function listHolds(
  { db }: { readonly db: DatabaseOrTransaction },
  actor: Actor,
  { inForceOnly, target, limit, cursor }: ListHoldsInput,
): Promise<HoldPage> {
  const reach = reachOf(actor, "recording.hold");
  if (reach === null) throw new AppError("forbidden", "Your role does not allow this.");
  const query = { reach, inForceOnly, target, after: cursor, limit: limit + 1 };
  const { rows, next } = toPage(await findHolds(db, query), limit);
  const coverage = await findCoverage(db, rows);
  const holds = rows.flatMap((hold, index) => {
    const covers = coverage[index];
    return covers === undefined ? [] : [{ ...hold, covers }];
  });
  return { holds, next };
}
