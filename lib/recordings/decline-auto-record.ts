import { type Client, recordAuditEvent } from "@/lib/audit/record-audit-event";
import type { Actor } from "@/lib/auth/permissions";
import type { Database } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";

interface DeclineDeps {
  readonly db: Database;
  readonly now: () => Date;
}

/**
 * The session's user does not want it recorded, though administrators do: nothing is recorded automatically
 * until they turn that on anew, and the audit trail says who declined. Stopping is left to the recorder.
 * @throws AppError `not_found`, `forbidden`
 */
export async function declineAutoRecord(
  { db, now }: DeclineDeps,
  actor: Actor,
  client: Client,
  sessionId: string,
): Promise<void> {
  const session = await db.session.findUnique({
    where: { id: sessionId },
    select: { userId: true },
  });
  if (session === null) throw new AppError("not_found", "There is no such session.");
  if (session.userId !== actor.userId) {
    throw new AppError("forbidden", "Only the session's own user can stop its recording.");
  }
  await db.$transaction(async (transaction) => {
    await transaction.session.update({
      where: { id: sessionId },
      data: { autoRecordDeclinedAt: now() },
      select: { id: true },
    });
    await recordAuditEvent(transaction, {
      actor,
      client,
      action: "recording.decline",
      target: { type: "session", id: sessionId },
    });
  });
}
