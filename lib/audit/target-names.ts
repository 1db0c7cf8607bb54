import type { DatabaseOrTransaction } from "@/lib/db/database";
import type { WrittenAuditEvent } from "./audit-repository";

type Target = Pick<WrittenAuditEvent, "targetType" | "targetId">;

/** What the targets of some events are called now: a user's name, a recording's description or file, a session's app. */
export async function findTargetNames(
  db: DatabaseOrTransaction,
  targets: readonly Target[],
): Promise<(target: Target) => string | null> {
  const where = (type: string) => ({ id: { in: idsOf(targets, type) } });
  const [users, recordings, sessions] = await Promise.all([
    db.user.findMany({ where: where("user"), select: { id: true, username: true } }),
    db.recording.findMany({
      where: where("recording"),
      select: { id: true, description: true, filename: true },
    }),
    db.session.findMany({
      where: where("session"),
      select: { id: true, app: { select: { name: true } } },
    }),
  ]);
  const names = new Map<string, string>([
    ...users.map(({ id, username }) => [`user ${id}`, username] as const),
    ...recordings.map(
      ({ id, description, filename }) => [`recording ${id}`, description || filename] as const,
    ),
    ...sessions.map(({ id, app }) => [`session ${id}`, app.name] as const),
  ]);
  return ({ targetType, targetId }) => names.get(`${targetType ?? ""} ${targetId ?? ""}`) ?? null;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

function idsOf(targets: readonly Target[], type: string): string[] {
  const ids = targets.flatMap(({ targetType, targetId }) =>
    targetType === type && targetId !== null && UUID.test(targetId) ? [targetId] : [],
  );
  return [...new Set(ids)];
}
