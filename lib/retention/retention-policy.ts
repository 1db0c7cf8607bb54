/**
 * How long recordings are kept. Pure: the one place that knows which rule wins. Everything else, the
 * database's queries included, is told the days that come out of it for each app.
 */

export type AppEnvironment = "production" | "non_production";

export interface AppRetention {
  readonly id: string;
  readonly environment: AppEnvironment;
  /** Null: no rule of its own. */
  readonly days: number | null;
}

/** Days; 0 keeps for ever, null leaves it to the next rule. */
export interface RetentionPolicy {
  /** `SORTIE_RECORDING_RETENTION_DAYS`: what holds where nothing else does. */
  readonly defaultDays: number;
  readonly organisationDays: number | null;
  readonly productionDays: number | null;
  readonly nonProductionDays: number | null;
  readonly apps: readonly AppRetention[];
}

export type RetentionRule = "organisation" | "app" | "environment" | "default";

export interface Retention {
  /** 0: for ever. */
  readonly days: number;
  /** The rule that it comes from. */
  readonly rule: RetentionRule;
}

/** What holds for an app's recordings: the organisation's rule before anything narrower, then the narrowest. */
export function retentionOf(policy: RetentionPolicy, app: AppRetention): Retention {
  const ofEnvironment =
    app.environment === "production" ? policy.productionDays : policy.nonProductionDays;
  if (policy.organisationDays !== null) {
    return { days: policy.organisationDays, rule: "organisation" };
  }
  if (app.days !== null) return { days: app.days, rule: "app" };
  if (ofEnvironment !== null) return { days: ofEnvironment, rule: "environment" };
  return { days: policy.defaultDays, rule: "default" };
}

/** An app whose recordings go after so many days. */
export interface RetentionLimit {
  readonly appId: string;
  readonly days: number;
}

/** The limits that the policy comes to. Apps that are not among them keep their recordings for ever. */
export function limitsOf(policy: RetentionPolicy): RetentionLimit[] {
  return policy.apps
    .map((app) => ({ appId: app.id, days: retentionOf(policy, app).days }))
    .filter(({ days }) => days > 0);
}
