import type { Reach } from "@/lib/auth/permissions";
import { Prisma } from "@/lib/db/database";
import { assertNever } from "@/lib/errors/assert-never";
import type { RecordingFlag } from "./recording-schema";
import type { RecordingStatus } from "./recording-state";

export interface RecordingFilters {
  readonly status?: readonly RecordingStatus[] | undefined;
  readonly appId?: string | undefined;
  readonly cluster?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly userId?: string | undefined;
  /** A whole name. */
  readonly username?: string | undefined;
  /** Words that must all occur in the file name, the description or the user's name; or a whole id. */
  readonly text?: string | undefined;
  /** Made at or after this time… */
  readonly from?: Date | undefined;
  /** …and before this one. */
  readonly to?: Date | undefined;
  /** Of at least this size, once it is final… */
  readonly minBytes?: number | undefined;
  /** …and at most this one. */
  readonly maxBytes?: number | undefined;
  /** What must all be true of it. */
  readonly flags?: readonly RecordingFlag[] | undefined;
}

/** What holds in force are on. */
export interface HeldThings {
  readonly recordingIds: readonly string[];
  readonly sessionIds: readonly string[];
  readonly userIds: readonly string[];
}

/** What rows must be to be in a list, but for the text. Every condition is on columns of `recordings`. */
export function conditionsOf(
  within: Reach,
  filters: RecordingFilters,
  held: HeldThings,
): Prisma.Sql[] {
  const { status, appId, cluster, sessionId, userId, username, from, to, minBytes, maxBytes } =
    filters;
  return [
    ...reachConditions(within),
    when(status, statusCondition),
    when(appId, (id) => Prisma.sql`"app_id" = ${id}`),
    when(cluster, (named) => Prisma.sql`"cluster" = ${named}`),
    when(sessionId, (id) => Prisma.sql`"session_id" = ${id}::uuid`),
    when(userId, (id) => Prisma.sql`"user_id" = ${id}::uuid`),
    when(username, (name) => Prisma.sql`"username" = lower(${name})`),
    when(from, (at) => Prisma.sql`"created_at" >= ${at}::timestamptz`),
    when(to, (at) => Prisma.sql`"created_at" < ${at}::timestamptz`),
    when(minBytes, (bytes) => Prisma.sql`"sort_size_bytes" >= ${bytes}::bigint`),
    when(maxBytes, (bytes) => Prisma.sql`"sort_size_bytes" <= ${bytes}::bigint`),
    ...(filters.flags ?? []).map((flag) => flagCondition(flag, held)),
  ].filter((condition) => condition !== null);
}

/** All conditions as one, which holds where there is none. */
export function allOf(conditions: readonly Prisma.Sql[]): Prisma.Sql {
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join([...conditions], " AND ");
}

function when<T>(value: T | undefined, condition: (value: T) => Prisma.Sql): Prisma.Sql | null {
  return value === undefined ? null : condition(value);
}

function reachConditions({ userId, cluster }: Reach): (Prisma.Sql | null)[] {
  return [
    when(userId, (id) => Prisma.sql`"user_id" = ${id}::uuid`),
    when(cluster, (clusters) => Prisma.sql`"cluster" = ANY(${clusters.in}::text[])`),
  ];
}

function statusCondition(statuses: readonly RecordingStatus[]): Prisma.Sql {
  // One status alone is written so that its index gives the order as well.
  const [only] = statuses;
  if (statuses.length === 1) return Prisma.sql`"status" = ${only}::"RecordingStatus"`;
  return Prisma.sql`"status" = ANY(${[...statuses]}::"RecordingStatus"[])`;
}

function flagCondition(flag: RecordingFlag, held: HeldThings): Prisma.Sql {
  switch (flag) {
    case "interrupted":
      return Prisma.sql`"interrupted"`;
    case "truncated":
      return Prisma.sql`"truncated"`;
    case "recovered":
      return Prisma.sql`"recovered"`;
    case "held":
      // Lists of ids, not subqueries: the planner then knows how many rows each leaves.
      return Prisma.sql`("id" = ANY(${held.recordingIds}::uuid[])
        OR "session_id" = ANY(${held.sessionIds}::uuid[]) OR "user_id" = ANY(${held.userIds}::uuid[]))`;
    default:
      return assertNever(flag);
  }
}
