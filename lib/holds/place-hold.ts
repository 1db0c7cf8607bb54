import { type Client, recordAuditEvent } from "@/lib/audit/record-audit-event";
import type { Actor, Owned } from "@/lib/auth/permissions";
import type { Database, DatabaseOrTransaction } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import { assertNever } from "@/lib/errors/assert-never";
import { hasDeletionBegun } from "./begun-deletion";
import {
  findHold,
  type Hold,
  insertHold,
  keepDeletionsOut,
  PATIENT,
  updateLifted,
} from "./hold-repository";
import { requireMayHold } from "./hold-policy";
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
 * @throws AppError `not_found`, `forbidden`, `conflict` for a recording whose deletion has begun
 */
export async function placeHold({ db, now }: HoldDeps, by: By, asked: PlaceHold): Promise<Hold> {
  const { reason, target_type: type, target_id: id } = asked;
  return db.$transaction(async (transaction) => {
    await keepDeletionsOut(transaction);
    const holdable = await findHoldable(transaction, asked);
    requireMayHold(by.actor, holdable);
    if (type === "recording" && (await hasDeletionBegun(transaction, id))) {
      throw new AppError(
        "conflict",
        "The deletion of this recording has begun and cannot be taken back.",
      );
    }
    const facts = { reason, placedBy: by.actor.username, createdAt: now() };
    const hold = await insertHold(transaction, { type, id }, facts);
    await recordAuditEvent(transaction, {
      ...by,
      action: "hold.place",
      target: { type, id },
      detail: { hold: hold.id, reason },
    });
    return hold;
  }, PATIENT);
}

/** Lifts a hold. @throws AppError `not_found`, `forbidden`, `conflict` when it has been lifted before */
export async function liftHold(
  { db, now }: HoldDeps,
  by: By,
  holdId: string,
  reason: string | null = null,
): Promise<Hold> {
  return db.$transaction(async (transaction) => {
    const hold = await findHold(transaction, holdId);
    if (hold === null) throw new AppError("not_found", "There is no such legal hold.");
    requireMayHold(by.actor, hold.target.owned);
    const lifted = { by: by.actor.username, at: now(), reason };
    const data = { liftedBy: lifted.by, liftedAt: lifted.at, liftReason: reason };
    if (!(await updateLifted(transaction, holdId, data))) {
      throw new AppError("conflict", "This legal hold has been lifted already.");
    }
    const { type, id } = hold.target;
    await recordAuditEvent(transaction, {
      ...by,
      action: "hold.lift",
      target: { type, id },
      detail: {
        ...{ hold: hold.id, reason: hold.reason },
        ...(reason === null ? {} : { lift_reason: reason }),
      },
    });
    return { ...hold, lifted };
  });
}

/** What is to be held; null of a user. */
async function findHoldable(
  db: DatabaseOrTransaction,
  { target_type: type, target_id: id }: PlaceHold,
): Promise<Owned | null> {
  const owned = { userId: true, cluster: true } as const;
  switch (type) {
    case "recording":
      return orNotFound(type, await db.recording.findUnique({ where: { id }, select: owned }));
    case "session":
      return orNotFound(type, await db.session.findUnique({ where: { id }, select: owned }));
    case "user":
      orNotFound(type, await db.user.findUnique({ where: { id }, select: { id: true } }));
      return null;
    default:
      return assertNever(type);
  }
}

function orNotFound<T>(thing: string, found: T | null): T {
  if (found !== null) return found;
  throw new AppError("not_found", `There is no such ${thing} to hold.`);
}
