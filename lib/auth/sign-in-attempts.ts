import { type Client, recordAuditEvent } from "@/lib/audit/record-audit-event";
import type { Database, DatabaseOrTransaction } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import { networkOf } from "./network";
import { encodeSignInError, signInErrorSentence } from "./sign-in-error";

const MINUTE_MS = 60_000;
const WINDOW_MS = 15 * MINUTE_MS;
/** Wrong passwords within the window after which no more are looked at. */
const MAX_FAILURES_PER_NAME = 10;
const MAX_FAILURES_PER_ADDRESS = 50;

/** Before the key of a limit: that it was reached is noted. */
const NOTED = "noted:";

/** Many who try one name queue for its lock: they are to be told to wait, not that the database is away. */
const PATIENT = { maxWait: 15_000, timeout: 15_000 };

/** A try that was counted and may still turn out to be right. */
export interface Attempt {
  readonly nameKey: string;
  readonly addressKey: string | null;
  readonly windowStart: Date;
}

interface Counter {
  readonly key: string;
  readonly windowStart: Date;
  readonly failures: number;
}

interface Limit {
  readonly key: string;
  readonly maxFailures: number;
}

/**
 * Counts a try as wrong before the password is looked at, so that any number of tries at the same
 * time, in any number of processes, cannot get past the limit. `forgiveAttempt` takes it back.
 * Refused tries are not counted: whoever waits gets in. The first one refused is in the audit trail, those
 * that follow within the window are not: nobody fills the trail by trying on.
 * @throws AppError `rate_limited`, with the time until a try is looked at again.
 */
export async function countAttempt(
  { db, now }: { readonly db: Database; readonly now: () => Date },
  username: string,
  client: Client,
): Promise<Attempt> {
  const at = now().getTime();
  const nameKey = `user:${username}`;
  const addressKey = client.ip === null ? null : `ip:${networkOf(client.ip)}`;
  const limits: Limit[] = [{ key: nameKey, maxFailures: MAX_FAILURES_PER_NAME }];
  if (addressKey !== null) limits.push({ key: addressKey, maxFailures: MAX_FAILURES_PER_ADDRESS });
  // Sorted, so that two tries never wait for each other's lock.
  const keys = limits.map(({ key }) => key).toSorted();

  const windowStart = new Date(at - (at % MINUTE_MS));
  const waitMs = await db.$transaction(async (transaction) => {
    await transaction.$queryRaw`
      SELECT pg_advisory_xact_lock(hashtextextended("key", 0))::text FROM unnest(${keys}::text[]) AS "key"`;
    const counters = await transaction.signInAttempt.findMany({
      where: { key: { in: keys }, windowStart: { gt: new Date(at - WINDOW_MS) } },
      orderBy: { windowStart: "asc" },
    });
    const waitMs = Math.max(...limits.map((limit) => waitFor(limit, counters, at)));
    if (waitMs > 0) {
      const reached = limits.filter((limit) => waitFor(limit, counters, at) > 0);
      await recordRefusal(transaction, { username, client, reached, windowStart });
      return waitMs;
    }
    await transaction.$executeRaw`
      INSERT INTO "sign_in_attempts" ("key", "window_start", "failures")
      SELECT "key", ${windowStart}, 1 FROM unnest(${keys}::text[]) AS "key"
      ON CONFLICT ("key", "window_start")
      DO UPDATE SET "failures" = "sign_in_attempts"."failures" + 1`;
    return 0;
  }, PATIENT);
  if (waitMs > 0) throw tooMany(waitMs);
  return { nameKey, addressKey, windowStart };
}

/** Notes that a limit is reached, unless that was noted within the window. Under the lock of its key. */
async function recordRefusal(
  transaction: DatabaseOrTransaction,
  refused: {
    readonly username: string;
    readonly client: Client;
    readonly reached: readonly Limit[];
    readonly windowStart: Date;
  },
): Promise<void> {
  const { username, client, reached, windowStart } = refused;
  const keys = reached.map(({ key }) => `${NOTED}${key}`);
  const since = new Date(windowStart.getTime() - WINDOW_MS);
  const noted = await transaction.signInAttempt.count({
    where: { key: { in: keys }, windowStart: { gt: since } },
  });
  if (noted > 0) return;
  const data = keys.map((key) => ({ key, windowStart, failures: 1 }));
  await transaction.signInAttempt.createMany({ data });
  await recordAuditEvent(transaction, {
    actor: { userId: null, username },
    client,
    action: "user.sign_in_failed",
    detail: {
      reason: "rate_limited",
      limit: reached.map(({ key }) => key.split(":")[0]).join(", "),
    },
  });
}

/** The password was right: forgets the name's wrong ones, and takes this try off the address. */
export async function forgiveAttempt(
  db: DatabaseOrTransaction,
  { nameKey, addressKey, windowStart }: Attempt,
): Promise<void> {
  await db.signInAttempt.deleteMany({ where: { key: { in: [nameKey, `${NOTED}${nameKey}`] } } });
  if (addressKey === null) return;
  await db.signInAttempt.updateMany({
    where: { key: addressKey, windowStart, failures: { gt: 0 } },
    data: { failures: { decrement: 1 } },
  });
}

/** Removes counters that no longer count; returns how many. */
export async function removeStaleAttempts(db: DatabaseOrTransaction, now: Date): Promise<number> {
  const before = new Date(now.getTime() - WINDOW_MS);
  const { count } = await db.signInAttempt.deleteMany({ where: { windowStart: { lte: before } } });
  return count;
}

/** Milliseconds until enough of the key's counters, oldest first, have left the window; 0 when a try is free now. */
function waitFor({ key, maxFailures }: Limit, counters: readonly Counter[], at: number): number {
  const own = counters.filter((counter) => counter.key === key);
  let failures = own.reduce((sum, counter) => sum + counter.failures, 0);
  let waitMs = 0;
  for (const counter of own) {
    if (failures < maxFailures) break;
    failures -= counter.failures;
    waitMs = counter.windowStart.getTime() + WINDOW_MS - at;
  }
  return waitMs;
}

function tooMany(waitMs: number): AppError {
  const retryAfterSeconds = Math.ceil(waitMs / 1000);
  const sentence = signInErrorSentence(
    encodeSignInError({ code: "rate_limited", retryAfterSeconds }),
  );
  return new AppError("rate_limited", sentence, { retryAfterSeconds });
}
