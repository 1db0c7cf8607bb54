import type { DatabaseOrTransaction } from "@/lib/db/database";

/** What administrators want of a session, and how it stands. */
export interface RecordingWish {
  /** Sessions are recorded automatically, and this one's user has not stopped that since it was turned on. */
  readonly wanted: boolean;
  /** A recorder is at work on it, in whichever tab. */
  readonly recorded: boolean;
}

/** A recorder that was silent for five of the 3 s in which it shows a sign of life is not at work any more. */
export const SILENT_AFTER_MS = 15_000;

const NONE: RecordingWish = { wanted: false, recorded: false };

interface WishRow {
  readonly id: string;
  readonly wanted: boolean;
  readonly recorded: boolean;
}

/** What is wanted of each of these sessions, in one query; a session that does not exist is left out. */
export async function findRecordingWishes(
  db: DatabaseOrTransaction,
  sessionIds: readonly string[],
): Promise<ReadonlyMap<string, RecordingWish>> {
  const rows = await db.$queryRaw<WishRow[]>`
    SELECT "id",
           EXISTS (SELECT 1 FROM "settings" WHERE "key" = 'auto_record' AND "value" = 'true'::jsonb
                      AND "updated_at" > coalesce("auto_record_declined_at", '-infinity')) AS "wanted",
           EXISTS (SELECT 1 FROM "recordings" WHERE "session_id" = "sessions"."id" AND "status" = 'recording'
                      AND greatest("last_append_at", "append_expires_at")
                          > now() - ${SILENT_AFTER_MS}::float8 * interval '1 millisecond') AS "recorded"
      FROM "sessions" WHERE "id" = ANY(${[...sessionIds]}::uuid[])`;
  return new Map(rows.map(({ id, wanted, recorded }) => [id, { wanted, recorded }]));
}

export async function findRecordingWish(
  db: DatabaseOrTransaction,
  sessionId: string,
): Promise<RecordingWish> {
  return (await findRecordingWishes(db, [sessionId])).get(sessionId) ?? NONE;
}
