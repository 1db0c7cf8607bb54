import { z } from "zod";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import type { AppEnvironment, AppRetention, RetentionPolicy } from "./retention-policy";
import { ruleDays } from "./retention-schema";

/** The row of `settings` that holds the rules that belong to no app. */
const KEY = "retention";

const rulesSchema = z.strictObject({
  organisation_days: ruleDays,
  production_days: ruleDays,
  non_production_days: ruleDays,
});

export interface NamedApp extends AppRetention {
  readonly name: string;
}

export interface StoredPolicy extends RetentionPolicy {
  readonly apps: readonly NamedApp[];
}

/**
 * The policy as it is now. Rules that this version cannot read are not guessed at: nothing may be deleted by them.
 * @throws AppError `internal`
 */
export async function findPolicy(
  db: DatabaseOrTransaction,
  defaultDays: number,
): Promise<StoredPolicy> {
  const setting = await db.setting.findUnique({
    where: { key: KEY },
    select: { value: true },
  });
  const apps = await db.app.findMany({
    orderBy: [{ position: "asc" }, { id: "asc" }],
    select: { id: true, name: true, environment: true, retentionDays: true },
  });
  const rules = setting === null ? NO_RULES : readRules(setting.value);
  return {
    defaultDays,
    organisationDays: rules.organisation_days,
    productionDays: rules.production_days,
    nonProductionDays: rules.non_production_days,
    apps: apps.map(({ retentionDays: days, ...app }) => ({ ...app, days })),
  };
}

const NO_RULES = { organisation_days: null, production_days: null, non_production_days: null };

function readRules(value: unknown): z.infer<typeof rulesSchema> {
  const rules = rulesSchema.safeParse(value);
  if (rules.success) return rules.data;
  throw new AppError(
    "internal",
    "The retention policy in the database was made by another version and cannot be read. Nothing is deleted by age until it is saved again.",
    { cause: rules.error },
  );
}

export async function saveRules(
  db: DatabaseOrTransaction,
  { organisationDays, productionDays, nonProductionDays }: RetentionPolicy,
  by: { readonly userId: string; readonly at: Date },
): Promise<void> {
  const value = {
    organisation_days: organisationDays,
    production_days: productionDays,
    non_production_days: nonProductionDays,
  };
  const written = { value, updatedBy: by.userId, updatedAt: by.at };
  await db.setting.upsert({
    where: { key: KEY },
    create: { key: KEY, ...written },
    update: written,
  });
}

export async function saveAppRule(
  db: DatabaseOrTransaction,
  id: string,
  { environment, days }: { readonly environment: AppEnvironment; readonly days: number | null },
): Promise<void> {
  await db.app.update({
    where: { id },
    data: { environment, retentionDays: days },
    select: { id: true },
  });
}
