import { type Client, recordAuditEvent } from "@/lib/audit/record-audit-event";
import type { Actor } from "@/lib/auth/permissions";
import type { Database, DatabaseOrTransaction } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import { assertNever } from "@/lib/errors/assert-never";
import { findHold, type Hold, insertHold, keepDeletionsOut, updateLifted } from "./hold-repository";
import type { PlaceHold } from "./hold-schema";

interface HoldDeps {
  readonly db: Database;
  readonly now: () => Date;
}
interface By {
  readonly actor: Actor;
  readonly client: Client;
}

/**
 * Keeps a recording, or all of a session or a user, from being deleted by anybody until the hold is
 * lifted. When this returns, nothing it covers is deleted any more, except where that had begun before.
 * @throws AppError `not_found`, `conflict` for a recording whose deletion has begun
 */
export async function placeHold({ db, now }: HoldDeps, by: By, asked: PlaceHold): Promise<Hold> {
  const { reason, target_type: type, target_id: id } = asked;
  return db.$transaction(async (transaction) => {
    await keepDeletionsOut(transaction);
    await requireHoldable(transaction, asked);
    const facts = { reason, placedBy: by.actor.username, createdAt: now() };
    const hold = await insertHold(transaction, { type, id }, facts);
    await recordAuditEvent(transaction, {
      ...by,
      action: "hold.place",
      target: { type, id },
      detail: { hold: hold.id, reason },
    });
    return hold;
  });
}

/** Lifts a hold. @throws AppError `not_found`, `conflict` when it has been lifted before */
export async function liftHold({ db, now }: HoldDeps, by: By, holdId: string): Promise<Hold> {
  return db.$transaction(async (transaction) => {
    const hold = await findHold(transaction, holdId);
    if (hold === null) throw new AppError("not_found", "There is no such legal hold.");
    const lifted = { by: by.actor.username, at: now() };
    const data = { liftedBy: lifted.by, liftedAt: lifted.at };
    if (!(await updateLifted(transaction, holdId, data))) {
      throw new AppError("conflict", "This legal hold has been lifted already.");
    }
    const { type, id } = hold.target;
    await recordAuditEvent(transaction, {
      ...by,
      action: "hold.lift",
      target: { type, id },
      detail: { hold: hold.id, reason: hold.reason },
    });
    return { ...hold, lifted };
  });
}

async function requireHoldable(
  db: DatabaseOrTransaction,
  { target_type: type, target_id: id }: PlaceHold,
): Promise<void> {
  const select = { id: true } as const;
  switch (type) {
    case "recording": {
      const found = await db.recording.findUnique({
        where: { id },
        select: { deletionCause: true },
      });
      if (found === null) throw noSuch("recording");
      if (found.deletionCause !== null) {
        throw new AppError(
          "conflict",
          "The deletion of this recording has begun and cannot be taken back.",
        );
      }
      return;
    }
    case "session":
      if ((await db.session.findUnique({ where: { id }, select })) === null) throw noSuch(type);
      return;
    case "user":
      if ((await db.user.findUnique({ where: { id }, select })) === null) throw noSuch(type);
      return;
    default:
      assertNever(type);
  }
}

function noSuch(thing: string): AppError {
  return new AppError("not_found", `There is no such ${thing} to hold.`);
}
