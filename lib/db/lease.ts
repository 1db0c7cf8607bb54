import { type DatabaseOrTransaction, Prisma } from "./database";
import { hasRunOut } from "./database-clock";

const LEASE_SECONDS = 60;
const RENEWAL_MS = 15_000;

/**
 * Does `work` unless another process is doing work of that name. `keep`, to be called between two steps, throws
 * once the lease is lost, as after a sleep. A holder that dies blocks its successors for a minute, also when the
 * database's clock is set back meanwhile.
 * @returns null when somebody else has the lease
 */
export async function withLease<T>(
  db: DatabaseOrTransaction,
  name: string,
  work: (keep: () => Promise<void>) => Promise<T>,
): Promise<T | null> {
  const [lease] = await db.$queryRaw<{ token: string }[]>`
    INSERT INTO "leases" ("name", "token", "expires_at")
    VALUES (${name}, gen_random_uuid(), now() + ${LEASE_SECONDS}::int * interval '1 second')
    ON CONFLICT ("name") DO UPDATE SET "token" = excluded."token", "expires_at" = excluded."expires_at"
     WHERE ${hasRunOut(Prisma.sql`"leases"."expires_at"`)}
    RETURNING "token"::text`;
  if (lease === undefined) return null;
  const { token } = lease;
  const keep = async () => {
    const kept = await db.$executeRaw`
      UPDATE "leases" SET "expires_at" = now() + ${LEASE_SECONDS}::int * interval '1 second'
       WHERE "name" = ${name} AND "token" = ${token}::uuid`;
    if (kept === 0) throw new Error(`The lease ${name} is lost: another process has taken over.`);
  };
  // A step may take long; what fails here is found out at the next call of `keep`.
  const timer = setInterval(() => void keep().catch(() => undefined), RENEWAL_MS);
  try {
    return await work(keep);
  } finally {
    clearInterval(timer);
    await db.lease.deleteMany({ where: { name, token } }).catch(() => undefined);
  }
}
