import { type Client, recordAuditEvent } from "@/lib/audit/record-audit-event";
import type { Actor } from "@/lib/auth/permissions";
import type { Database, DatabaseOrTransaction } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import { keepDeletionsOut, PATIENT } from "@/lib/holds/hold-repository";
import { type Backend, type ExpiredSummary, summariseExpired } from "./expired-recordings";
import { findPolicy, saveAppRule, saveRules, type StoredPolicy } from "./policy-repository";
import { limitsOf } from "./retention-policy";
import { RULE_PREFIX } from "./rule-changes";
import type { RetentionChange } from "./retention-schema";

interface PolicyDeps {
  readonly db: Database;
  readonly backend: Backend;
  /** `SORTIE_RECORDING_RETENTION_DAYS`. */
  readonly defaultDays: number;
  readonly now: () => Date;
}

/**
 * What the next sweep would delete if the policy were changed so; an empty change tells what it will delete.
 * @throws AppError `bad_request` for an app that does not exist
 */
export async function previewChange(
  { db, backend, defaultDays }: Omit<PolicyDeps, "now">,
  change: RetentionChange,
): Promise<ExpiredSummary> {
  const policy = await findPolicy(db, defaultDays);
  return summarise(db, backend, policy, applyChange(policy, change));
}

/**
 * Changes the policy. What deletes recordings that would have stayed needs their number, as the preview told it:
 * nobody deletes more than they were shown. Once this returns, no sweep begins on anything by the rules before.
 * @throws AppError `bad_request`, `conflict` when more would be deleted than was confirmed
 */
export async function changePolicy(
  { db, backend, defaultDays, now }: PolicyDeps,
  by: { readonly actor: Actor; readonly client: Client },
  change: RetentionChange,
  confirmedCount: number,
): Promise<void> {
  await db.$transaction(async (transaction) => {
    await keepDeletionsOut(transaction);
    const before = await findPolicy(transaction, defaultDays);
    const after = applyChange(before, change);
    const { newlyCount } = await summarise(transaction, backend, before, after);
    if (newlyCount > confirmedCount) throw moreThanConfirmed(newlyCount, confirmedCount);
    const changes = differences(before, after);
    if (changes.some(({ app }) => app === null)) {
      await saveRules(transaction, after, { userId: by.actor.userId, at: now() });
    }
    for (const app of after.apps) {
      if (changes.some((each) => each.app === app.id)) await saveAppRule(transaction, app.id, app);
    }
    for (const { setting, from, to } of changes) {
      await recordAuditEvent(transaction, {
        ...by,
        action: "settings.change",
        target: { type: "setting", id: `${RULE_PREFIX}${setting}` },
        detail: { from, to },
      });
    }
  }, PATIENT);
}

function summarise(
  db: DatabaseOrTransaction,
  backend: Backend,
  before: StoredPolicy,
  after: StoredPolicy,
): Promise<ExpiredSummary> {
  return summariseExpired(db, limitsOf(after), limitsOf(before), backend);
}

function applyChange(policy: StoredPolicy, change: RetentionChange): StoredPolicy {
  const changed = new Map(change.apps?.map((app) => [app.id, app]));
  const unknown = [...changed.keys()].find((id) => !policy.apps.some((app) => app.id === id));
  if (unknown !== undefined) {
    throw new AppError("bad_request", `There is no app “${unknown}”.`);
  }
  return {
    ...policy,
    organisationDays: changedTo(change.organisation_days, policy.organisationDays),
    productionDays: changedTo(change.production_days, policy.productionDays),
    nonProductionDays: changedTo(change.non_production_days, policy.nonProductionDays),
    apps: policy.apps.map((app) => ({
      ...app,
      environment: changed.get(app.id)?.environment ?? app.environment,
      days: changedTo(changed.get(app.id)?.days, app.days),
    })),
  };
}

/** Null is a value here; what is left out stays. */
function changedTo(value: number | null | undefined, present: number | null): number | null {
  return value === undefined ? present : value;
}

interface Difference {
  /** As the audit trail names it, without the prefix. */
  readonly setting: string;
  /** Null: a rule that belongs to no app. */
  readonly app: string | null;
  readonly from: string | number | null;
  readonly to: string | number | null;
}

function differences(before: StoredPolicy, after: StoredPolicy): Difference[] {
  const apps = before.apps.flatMap((app) => {
    const changed = after.apps.find(({ id }) => id === app.id) ?? app;
    return [
      difference(`${app.id}.environment`, app.id, app.environment, changed.environment),
      difference(`${app.id}.days`, app.id, app.days, changed.days),
    ];
  });
  return [
    difference("organisation_days", null, before.organisationDays, after.organisationDays),
    difference("production_days", null, before.productionDays, after.productionDays),
    difference("non_production_days", null, before.nonProductionDays, after.nonProductionDays),
    ...apps,
  ].filter(({ from, to }) => from !== to);
}

function difference(
  setting: string,
  app: string | null,
  from: Difference["from"],
  to: Difference["to"],
): Difference {
  return { setting, app, from, to };
}

function moreThanConfirmed(count: number, confirmed: number): AppError {
  return new AppError(
    "conflict",
    `This change would delete ${count} recordings that stay now; ${confirmed} were confirmed. Look at the preview and confirm the number.`,
  );
}
