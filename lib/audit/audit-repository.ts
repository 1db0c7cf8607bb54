import { type DatabaseOrTransaction, Prisma } from "@/lib/db/database";
import type { PagePosition } from "@/lib/db/page";
import type { AuditAction } from "./audit-action";
import { MIN_WORD_LENGTH } from "./audit-event-schema";
import { AUDIT_TARGETS } from "./record-audit-event";

/** An event of the audit trail as it was written. */
export interface WrittenAuditEvent {
  /** A whole number. */
  readonly id: string;
  readonly createdAt: Date;
  readonly actorId: string | null;
  readonly actorName: string;
  /** Also one that only another version knows. */
  readonly action: string;
  readonly targetType: string | null;
  readonly targetId: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface AuditFilters {
  /** The name at the time. */
  readonly actor?: string | undefined;
  /** Any of these. */
  readonly actions?: readonly AuditAction[] | undefined;
  readonly targetType?: string | undefined;
  readonly targetId?: string | undefined;
  /** At or after this time… */
  readonly from?: Date | undefined;
  /** …and before this one. */
  readonly to?: Date | undefined;
  /** Words that must all occur in the name, the address or the details, or begin the target's id. */
  readonly text?: string | undefined;
}

export interface AuditPageQuery {
  readonly filters: AuditFilters;
  readonly limit: number;
  /** The last event of the page before. */
  readonly after?: PagePosition | undefined;
}

const COLUMNS = Prisma.sql`
  "id" AS "key", "at", "actor_id"::text AS "actorId", "actor_name" AS "actorName", "action",
  "target_type" AS "targetType", "target_id" AS "targetId", "ip", "user_agent" AS "userAgent", "detail"`;
type Row = Omit<WrittenAuditEvent, "id" | "createdAt"> & {
  readonly key: bigint;
  readonly at: Date;
};

/** One page of the trail, newest first. What it costs depends on the page, not on the trail's length. */
export async function findAuditEvents(
  db: DatabaseOrTransaction,
  query: AuditPageQuery,
): Promise<WrittenAuditEvent[]> {
  const rows = await db.$queryRaw<Row[]>(auditPageSql(query));
  return rows.map(({ key, at, ...event }) => ({ id: String(key), createdAt: at, ...event }));
}

/** The statement of `findAuditEvents`. */
export function auditPageSql({ filters, limit, after }: AuditPageQuery): Prisma.Sql {
  const page = (action?: AuditAction) => Prisma.sql`
    SELECT ${COLUMNS} FROM "audit_events"
     WHERE ${Prisma.join(conditions(filters, after, action), " AND ")}
     ORDER BY "at" DESC, "id" DESC LIMIT ${limit}`;
  const actions = [...new Set(filters.actions)];
  if (actions.length < 2) return page(actions[0]);
  // The newest of each action out of its own index, then the newest of those: with `IN` the database would
  // sort all there are, or look through all others between them.
  const pages = actions.map((action) => Prisma.sql`(${page(action)})`);
  return Prisma.sql`${Prisma.join(pages, " UNION ALL ")}
    ORDER BY "at" DESC, "key" DESC LIMIT ${limit}`;
}

function conditions(
  filters: AuditFilters,
  after: PagePosition | undefined,
  action: AuditAction | undefined,
): Prisma.Sql[] {
  const { actor, targetType, targetId, from, to } = filters;
  return [
    Prisma.sql`TRUE`,
    ...(action === undefined ? [] : [Prisma.sql`"action" = ${action}`]),
    ...(actor === undefined ? [] : [Prisma.sql`"actor_name" = ${actor}`]),
    ...(targetType === undefined ? [] : [Prisma.sql`"target_type" = ${targetType}`]),
    ...(targetId === undefined ? [] : [Prisma.sql`"target_id" = ${targetId}`]),
    ...(from === undefined ? [] : [Prisma.sql`"at" >= ${from}`]),
    ...(to === undefined ? [] : [Prisma.sql`"at" < ${to}`]),
    ...(after === undefined
      ? []
      : [Prisma.sql`("at", "id") < (${after.createdAt}::timestamptz, ${after.id}::bigint)`]),
    ...searchedWords(filters.text).map(containing),
  ];
}

function searchedWords(text = ""): readonly string[] {
  return text.split(/\s+/).filter((word) => word.length >= MIN_WORD_LENGTH);
}

function containing(word: string): Prisma.Sql {
  // In LIKE patterns these three mean something else.
  const literal = word.replaceAll(/[\\%_]/g, String.raw`\$&`);
  return Prisma.sql`(
    "audit_words"("actor_name", "ip", "detail") ILIKE ${`%${literal}%`}
    OR ("target_type" IN (${Prisma.join(AUDIT_TARGETS)}) AND "target_id" LIKE ${`${literal.toLowerCase()}%`}))`;
}
