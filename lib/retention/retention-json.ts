import type { ExpiredSummary } from "./expired-recordings";
import type { StoredPolicy } from "./policy-repository";
import { retentionOf } from "./retention-policy";
import type { RuleChange } from "./rule-changes";
import type { RetentionRun } from "./retention-run";
import type {
  RetentionPolicyJson,
  RetentionPreviewJson,
  RetentionRunJson,
} from "./retention-schema";

export function policyToJson(
  policy: StoredPolicy,
  changes: readonly RuleChange[],
): RetentionPolicyJson {
  return {
    default_days: policy.defaultDays,
    organisation_days: policy.organisationDays,
    production_days: policy.productionDays,
    non_production_days: policy.nonProductionDays,
    apps: policy.apps.map((app) => {
      const { days: effective_days, rule } = retentionOf(policy, app);
      const { id, name, environment, days } = app;
      return { id, name, environment, days, effective_days, rule };
    }),
    last_changes: Object.fromEntries(
      changes.map(({ rule, at, by }) => [rule, { at: at.toISOString(), by }]),
    ),
  };
}

export function previewToJson(found: ExpiredSummary): RetentionPreviewJson {
  return {
    count: found.count,
    bytes: found.bytes,
    oldest_completed_at: found.oldestCompletedAt?.toISOString() ?? null,
    newly_count: found.newlyCount,
    held_count: found.heldCount,
    held_bytes: found.heldBytes,
    newly_held_count: found.newlyHeldCount,
    newly_held_bytes: found.newlyHeldBytes,
  };
}

export function runToJson(run: RetentionRun): RetentionRunJson {
  return {
    id: run.id,
    trigger: run.trigger,
    requested_by: run.requestedBy,
    state: run.state,
    expected_count: run.expectedCount,
    deleted_count: run.deletedCount,
    deleted_bytes: run.deletedBytes,
    failed_count: run.failedCount,
    problem: run.problem,
    created_at: run.createdAt.toISOString(),
    started_at: run.startedAt?.toISOString() ?? null,
    ended_at: run.endedAt?.toISOString() ?? null,
  };
}
