import { z } from "zod";

/** What the API says of retention, and what it takes. Pure: the browser imports it too. */

export const MAX_RETENTION_DAYS = 36_500;

/** Days that recordings are kept, 0 for ever; null: the next rule decides. */
export const ruleDays = z.number().int().min(0).max(MAX_RETENTION_DAYS).nullable();

const environment = z.enum(["production", "non_production"]);

/** Rules with new values; what is left out stays as it is. */
export const retentionChangeSchema = z.strictObject({
  organisation_days: ruleDays.optional(),
  production_days: ruleDays.optional(),
  non_production_days: ruleDays.optional(),
  apps: z
    .array(
      z.strictObject({
        id: z.string(),
        environment: environment.optional(),
        days: ruleDays.optional(),
      }),
    )
    .max(1_000)
    .optional(),
});
export type RetentionChange = z.infer<typeof retentionChangeSchema>;

export const saveRetentionSchema = retentionChangeSchema.extend({
  /** How many recordings the administrator was told that the change deletes: `newly_count` of the preview. */
  confirmed_count: z.number().int().min(0).default(0),
});

export const retentionPreviewSchema = z.object({
  /** What the next sweep would delete. */
  count: z.number().int(),
  bytes: z.number().int(),
  /** When the oldest of them became ready. */
  oldest_completed_at: z.iso.datetime().nullable(),
  /** How many of them only because of the change. */
  newly_count: z.number().int(),
  /** What is as old, and stays because it is under legal hold. */
  held_count: z.number().int(),
  held_bytes: z.number().int(),
  /** How much of that only because of the change: it goes once nothing holds it any more. */
  newly_held_count: z.number().int(),
  newly_held_bytes: z.number().int(),
});
export type RetentionPreviewJson = z.infer<typeof retentionPreviewSchema>;

export const retentionPolicySchema = z.object({
  default_days: z.number().int(),
  organisation_days: ruleDays,
  production_days: ruleDays,
  non_production_days: ruleDays,
  apps: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      environment,
      days: ruleDays,
      /** What comes out for this app, and by which rule. */
      effective_days: z.number().int(),
      rule: z.enum(["organisation", "app", "environment", "default"]),
    }),
  ),
  /** Who changed a rule last, by its name here, or `<app's id>.days` and `<app's id>.environment`. */
  last_changes: z.record(z.string(), z.object({ at: z.iso.datetime(), by: z.string() })),
});
export type RetentionPolicyJson = z.infer<typeof retentionPolicySchema>;

export const retentionRunSchema = z.object({
  id: z.uuid(),
  trigger: z.enum(["schedule", "administrator"]),
  requested_by: z.string().nullable(),
  state: z.enum(["queued", "running", "done", "failed"]),
  /** How many were to be deleted when it began; null until then. */
  expected_count: z.number().int().nullable(),
  deleted_count: z.number().int(),
  deleted_bytes: z.number().int(),
  failed_count: z.number().int(),
  problem: z.string().nullable(),
  created_at: z.iso.datetime(),
  started_at: z.iso.datetime().nullable(),
  ended_at: z.iso.datetime().nullable(),
});
export type RetentionRunJson = z.infer<typeof retentionRunSchema>;

export const retentionViewSchema = z.object({
  policy: retentionPolicySchema,
  /** The newest first. */
  runs: z.array(retentionRunSchema),
});
export type RetentionViewJson = z.infer<typeof retentionViewSchema>;
