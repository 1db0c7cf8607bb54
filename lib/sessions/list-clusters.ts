import { type Actor, type Permission, reachOf } from "@/lib/auth/permissions";
import type { DatabaseOrTransaction } from "@/lib/db/database";

/**
 * The clusters, by name, that lists for more than one's own can show somebody anything of: those that a session
 * ever ran in, for the role `ops` the assigned ones of them. Recordings lie in the cluster of their session.
 */
export async function listClusters(
  { db }: { readonly db: DatabaseOrTransaction },
  actor: Actor,
  permission: Permission,
): Promise<string[]> {
  seen = await findClusters(db);
  return clustersSeen(actor, permission);
}

let seen: readonly string[] = [];

/** The same as they were when this process last looked: for what is shown before the database has answered. */
export function clustersSeen(actor: Actor, permission: Permission): string[] {
  const reach = reachOf(actor, permission);
  if (reach === null) return [];
  return seen.filter((cluster) => reach.cluster?.in.includes(cluster) ?? true);
}

/** Goes from each to the next in the index: DISTINCT would read every session for the few names there are. */
async function findClusters(db: DatabaseOrTransaction): Promise<string[]> {
  const rows = await db.$queryRaw<{ cluster: string }[]>`
    WITH RECURSIVE "known" AS (
      SELECT min("cluster") AS "cluster" FROM "sessions"
      UNION ALL
      SELECT "next"."cluster" FROM "known", LATERAL (
        SELECT min("cluster") AS "cluster" FROM "sessions" WHERE "cluster" > "known"."cluster") AS "next"
       WHERE "known"."cluster" IS NOT NULL)
    SELECT "cluster" FROM "known" WHERE "cluster" IS NOT NULL`;
  return rows.map(({ cluster }) => cluster);
}
