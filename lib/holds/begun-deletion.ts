import { type DatabaseOrTransaction, Prisma } from "@/lib/db/database";

/**
 * A sweep has begun to delete it, as a condition of plain SQL on `recordings`. The list of ids is read once,
 * however many recordings are looked at.
 */
export const IS_BEGUN_BY_SWEEP = Prisma.sql`(
  "recordings"."id" IN (SELECT unnest("recording_ids") FROM "retention_batches"))`;

/** Whether its deletion has begun, by a person or by a sweep. Then it is as good as gone, and stays so. */
export async function hasDeletionBegun(
  db: DatabaseOrTransaction,
  recordingId: string,
): Promise<boolean> {
  const [row] = await db.$queryRaw<{ begun: boolean }[]>`
    SELECT "deletion_has_begun"(${recordingId}::uuid) AS "begun"`;
  return row?.begun === true;
}
