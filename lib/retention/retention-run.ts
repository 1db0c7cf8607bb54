import { type DatabaseOrTransaction, Prisma } from "@/lib/db/database";
import { hasRunOut } from "@/lib/db/database-clock";
import { isUniqueViolation } from "@/lib/db/database-error";
import { beyond, inOrder, type PagePosition } from "@/lib/db/page";

/** One sweep, as it is told. Sizes are bytes. */
export interface RetentionRun {
  readonly id: string;
  readonly trigger: "schedule" | "administrator";
  readonly requestedBy: string | null;
  readonly state: "queued" | "running" | "done" | "failed";
  readonly expectedCount: number | null;
  readonly deletedCount: number;
  readonly deletedBytes: number;
  readonly failedCount: number;
  readonly problem: string | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

/** The right to go on with a run. Who has not been seen for a while loses it to whoever asks. */
export interface RunHold {
  readonly id: string;
  readonly token: string;
}

/** Longer than a claim lasts: what the dead process had claimed is free by then. Shorter than a lost job stays lost. */
const STALE = Prisma.sql`interval '20 seconds'`;
/** A run that was asked for and has waited for so long has lost its job. */
const FORGOTTEN = Prisma.sql`interval '1 minute'`;
/** Its process has died. */
const IS_LEFT = Prisma.sql`"state" = 'running' AND ${hasRunOut(Prisma.sql`"seen_at" + ${STALE}`)}`;

const SELECT = {
  id: true,
  trigger: true,
  requestedBy: true,
  state: true,
  expectedCount: true,
  deletedCount: true,
  deletedBytes: true,
  failedCount: true,
  problem: true,
  createdAt: true,
  startedAt: true,
  endedAt: true,
} as const satisfies Prisma.RetentionRunSelect;
type Row = Prisma.RetentionRunGetPayload<{ select: typeof SELECT }>;

const toRun = (row: Row): RetentionRun => ({ ...row, deletedBytes: Number(row.deletedBytes) });

/** Notes that an administrator wants a sweep. Null when one that was asked for is on its way. */
export async function insertRequestedRun(
  db: DatabaseOrTransaction,
  requestedBy: string,
): Promise<RetentionRun | null> {
  try {
    const data = { trigger: "administrator", state: "queued", requestedBy } as const;
    return toRun(await db.retentionRun.create({ data, select: SELECT }));
  } catch (error) {
    if (isUniqueViolation(error)) return null;
    throw error;
  }
}

/** The run an administrator asked for that is not over; null when there is none. */
export async function findRequestedRun(db: DatabaseOrTransaction): Promise<RetentionRun | null> {
  const row = await db.retentionRun.findFirst({
    where: { trigger: "administrator", state: { in: ["queued", "running"] } },
    select: SELECT,
  });
  return row === null ? null : toRun(row);
}

/** Takes up the run that an administrator asked for; null when it is over, or somebody is at it. */
export async function takeUpRun(db: DatabaseOrTransaction, runId: string): Promise<RunHold | null> {
  return hold(db, Prisma.sql`"id" = ${runId}::uuid AND ("state" = 'queued' OR ${IS_LEFT})`);
}

/** Goes on with a run that a process left behind; without one it begins a new one. */
export async function takeUpAnyRun(db: DatabaseOrTransaction): Promise<RunHold> {
  const left = await hold(
    db,
    Prisma.sql`${IS_LEFT} OR "state" = 'queued' AND ${hasRunOut(Prisma.sql`"created_at" + ${FORGOTTEN}`)}`,
  );
  if (left !== null) return left;
  const [begun] = await db.$queryRaw<RunHold[]>`
    INSERT INTO "retention_runs" ("trigger", "state", "token", "seen_at", "started_at")
    VALUES ('schedule', 'running', gen_random_uuid(), now(), now())
    RETURNING "id"::text, "token"::text`;
  if (begun === undefined) throw new Error("The database has not told which run it keeps.");
  return begun;
}

async function hold(db: DatabaseOrTransaction, condition: Prisma.Sql): Promise<RunHold | null> {
  const [row] = await db.$queryRaw<RunHold[]>`
    UPDATE "retention_runs"
       SET "state" = 'running', "token" = gen_random_uuid(), "seen_at" = now(),
           "started_at" = coalesce("started_at", now())
     WHERE "id" = (SELECT "id" FROM "retention_runs" WHERE ${condition}
                    ORDER BY "created_at" LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING "id"::text, "token"::text`;
  return row ?? null;
}

export interface Progress {
  readonly deletedCount: number;
  readonly deletedBytes: number;
  readonly failedCount: number;
  /** Null: nothing went wrong. */
  readonly problem: string | null;
}

/** Adds to what a run has done and shows that it lives; false when another process has taken it over. */
export async function addProgress(
  db: DatabaseOrTransaction,
  { id, token }: RunHold,
  { deletedCount, deletedBytes, failedCount, problem }: Progress,
): Promise<boolean> {
  const added = await db.$executeRaw`
    UPDATE "retention_runs"
       SET "deleted_count" = "deleted_count" + ${deletedCount}::int,
           "deleted_bytes" = "deleted_bytes" + ${deletedBytes}::bigint,
           "failed_count" = "failed_count" + ${failedCount}::int,
           "problem" = coalesce(${problem}, "problem"),
           "seen_at" = now()
     WHERE "id" = ${id}::uuid AND "token" = ${token}::uuid`;
  return added === 1;
}

/** Notes how much there is to do, the first time; shows that the run lives. */
export async function expectCount(
  db: DatabaseOrTransaction,
  { id, token }: RunHold,
  count: number,
): Promise<void> {
  await db.$executeRaw`
    UPDATE "retention_runs" SET "expected_count" = coalesce("expected_count", ${count}::int), "seen_at" = now()
     WHERE "id" = ${id}::uuid AND "token" = ${token}::uuid`;
}

/** Ends a run; null when it was not this process's to end. */
export async function endRun(
  db: DatabaseOrTransaction,
  { id, token }: RunHold,
  problem: string | null,
): Promise<RetentionRun | null> {
  const state = problem === null ? "done" : "failed";
  const [ended] = await db.retentionRun.updateManyAndReturn({
    where: { id, token },
    data: {
      ...{ state, token: null, seenAt: null, endedAt: new Date() },
      ...(problem === null ? {} : { problem }),
    },
    select: SELECT,
  });
  return ended === undefined ? null : toRun(ended);
}

/** Lets any process go on with the run at once. */
export async function letGoOfRun(db: DatabaseOrTransaction, { id, token }: RunHold): Promise<void> {
  await db.$executeRaw`
    UPDATE "retention_runs" SET "seen_at" = now() - ${STALE} * 2
     WHERE "id" = ${id}::uuid AND "token" = ${token}::uuid`;
}

/** A run whose job could not be queued. */
export async function failQueuedRun(
  db: DatabaseOrTransaction,
  id: string,
  problem: string,
): Promise<void> {
  const now = new Date();
  const data = { state: "failed", problem, startedAt: now, endedAt: now } as const;
  await db.retentionRun.updateMany({ where: { id, state: "queued" }, data });
}

/** One page of runs, the newest first. */
export async function findRuns(
  db: DatabaseOrTransaction,
  page: { readonly after: PagePosition | undefined; readonly limit: number },
): Promise<RetentionRun[]> {
  const rows = await db.retentionRun.findMany({
    where: beyond(page.after, "desc"),
    orderBy: inOrder("desc"),
    take: page.limit,
    select: SELECT,
  });
  return rows.map(toRun);
}
