import type { Services } from "@/lib/composition/services";

/** Longer than any window in which wrong passwords are counted. */
const ATTEMPTS_KEPT_MS = 24 * 60 * 60 * 1000;

export interface Purged {
  readonly tickets: number;
  readonly signInAttempts: number;
}

/** Removes rows that no longer mean anything: tickets nobody used and old counts of wrong passwords. */
export async function purgeExpired({ db, now }: Pick<Services, "db" | "now">): Promise<Purged> {
  const tickets = await db.gatewayTicket.deleteMany({ where: { expiresAt: { lt: now() } } });
  const oldest = new Date(now().getTime() - ATTEMPTS_KEPT_MS);
  const attempts = await db.signInAttempt.deleteMany({ where: { windowStart: { lt: oldest } } });
  return { tickets: tickets.count, signInAttempts: attempts.count };
}
