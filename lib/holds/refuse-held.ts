import { type Actor, mayWith, type Owned } from "@/lib/auth/permissions";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import { findHoldsOf, type Hold, type Holdable } from "./hold-repository";

/**
 * Passes when nothing holds the recording.
 * @throws AppError `held`: who placed the hold, when and why, for those who may know; else only since when
 */
export async function refuseHeld(
  db: DatabaseOrTransaction,
  actor: Actor,
  recording: Holdable & Owned,
): Promise<void> {
  const holds = await findHoldsOf(db, recording);
  const [first] = holds;
  if (first === undefined) return;
  throw new AppError(
    "held",
    sentence(first, holds.length, mayWith(actor, "recording.hold", recording)),
  );
}

const COVERED = {
  recording: "This recording",
  session: "The session of this recording",
  user: "Everything that this user recorded",
} as const;

function sentence(hold: Hold, count: number, isInsider: boolean): string {
  const since = hold.createdAt.toISOString().slice(0, 10);
  if (!isInsider) {
    return `This recording is under legal hold since ${since} and cannot be deleted. Ask an administrator.`;
  }
  const others = count === 1 ? "" : ` ${count - 1} more hold${count === 2 ? "" : "s"} it as well.`;
  return `${COVERED[hold.target.type]} is under legal hold, placed by ${hold.placedBy} on ${since}: “${hold.reason}”.${others} Lift it before you delete this recording.`;
}
