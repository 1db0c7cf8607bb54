import type { DatabaseOrTransaction } from "@/lib/db/database";

/** The clusters assigned to a user, by name. */
export async function clustersOf(db: DatabaseOrTransaction, userId: string): Promise<string[]> {
  const rows = await db.userCluster.findMany({ where: { userId }, orderBy: { cluster: "asc" } });
  return rows.map(({ cluster }) => cluster);
}

/** Assigns exactly these clusters to a user. In a transaction. */
export async function assignClusters(
  transaction: DatabaseOrTransaction,
  userId: string,
  clusters: readonly string[],
): Promise<void> {
  await transaction.userCluster.deleteMany({ where: { userId } });
  const data = [...new Set(clusters)].map((cluster) => ({ userId, cluster }));
  await transaction.userCluster.createMany({ data });
}
