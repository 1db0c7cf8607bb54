import type { DatabaseOrTransaction } from "@/lib/db/database";

/** What the audit trail calls the rules: `retention.production_days`, `retention.<app>.days`. */
export const RULE_PREFIX = "retention.";

export interface RuleChange {
  /** Without the prefix. */
  readonly rule: string;
  readonly at: Date;
  readonly by: string;
}

/** Who changed each rule last, out of the audit trail; rules that nobody changed are left out. */
export async function findRuleChanges(db: DatabaseOrTransaction): Promise<RuleChange[]> {
  return await db.$queryRaw<RuleChange[]>`
    SELECT DISTINCT ON ("target_id")
           substr("target_id", length(${RULE_PREFIX}) + 1) AS "rule", "at", "actor_name" AS "by"
      FROM "audit_events"
     WHERE "target_type" = 'setting' AND starts_with("target_id", ${RULE_PREFIX})
     ORDER BY "target_id", "at" DESC, "id" DESC`;
}
