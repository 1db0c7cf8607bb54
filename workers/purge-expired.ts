import { removeStaleAttempts } from "@/lib/auth/sign-in-attempts";
import type { Services } from "@/lib/composition/services";

export interface Purged {
  readonly tickets: number;
  readonly signInAttempts: number;
}

/** Removes rows that no longer mean anything: tickets nobody used and old counts of wrong passwords. */
export async function purgeExpired({ db, now }: Pick<Services, "db" | "now">): Promise<Purged> {
  const tickets = await db.gatewayTicket.deleteMany({ where: { expiresAt: { lt: now() } } });
  return { tickets: tickets.count, signInAttempts: await removeStaleAttempts(db, now()) };
}
