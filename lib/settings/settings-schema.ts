import { z } from "zod";

/** The largest number of MiB a setting takes: 1 PiB, beyond any disk and far below what a number can hold. */
const MAX_MIB = 2 ** 30;
const MAX_SESSIONS = 100_000;
const sessions = z.number().int().min(0).max(MAX_SESSIONS);
const mebibytes = z.number().int().min(0).max(MAX_MIB);

/**
 * Every setting that administrators change while the product runs, by its key in the database and the
 * API, with what holds until they do. Whatever is not here is configuration and comes from the environment.
 */
export const SETTINGS = {
  /** Every session is recorded as soon as it runs; its user may stop that. */
  auto_record: { schema: z.boolean(), initial: false },
  /** Free space under which nothing new is recorded; 0 for none. Storage without a disk of its own ignores it. */
  free_space_floor_mb: { schema: mebibytes, initial: 256 },
  /** What one user's recordings may take together; 0 for no limit. */
  user_quota_mb: { schema: mebibytes, initial: 0 },
  /** Sessions that may be open at once, everybody's together; who comes later waits in line. 0 for no limit. */
  max_sessions: { schema: sessions, initial: 0 },
  /** Sessions that one person may have open at once, those that wait included: each takes memory. */
  max_sessions_per_user: { schema: sessions.min(1), initial: 10 },
} as const satisfies Record<string, { readonly schema: z.ZodType; readonly initial: unknown }>;

export type SettingKey = keyof typeof SETTINGS;
export type Settings = { readonly [K in SettingKey]: z.infer<(typeof SETTINGS)[K]["schema"]> };

export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[];

/** Some settings with new values, as an administrator sends them; at least one. */
export const settingsChangeSchema = z
  .strictObject({
    auto_record: SETTINGS.auto_record.schema.optional(),
    free_space_floor_mb: SETTINGS.free_space_floor_mb.schema.optional(),
    user_quota_mb: SETTINGS.user_quota_mb.schema.optional(),
    max_sessions: SETTINGS.max_sessions.schema.optional(),
    max_sessions_per_user: SETTINGS.max_sessions_per_user.schema.optional(),
  } satisfies Record<SettingKey, z.ZodType>)
  .refine((change) => Object.keys(change).length > 0, "name at least one setting");

export type SettingsChange = z.infer<typeof settingsChangeSchema>;

const lastChangeSchema = z.object({ at: z.iso.datetime(), by: z.string() }).nullable();

/** The answer of `/api/admin/settings`: each setting's value, and who gave it that when (null: nobody yet). */
export const settingsViewSchema = z.object({
  auto_record: z.object({ value: z.boolean(), last_change: lastChangeSchema }),
  free_space_floor_mb: z.object({ value: mebibytes, last_change: lastChangeSchema }),
  user_quota_mb: z.object({ value: mebibytes, last_change: lastChangeSchema }),
  max_sessions: z.object({ value: sessions, last_change: lastChangeSchema }),
  max_sessions_per_user: z.object({ value: sessions, last_change: lastChangeSchema }),
} satisfies Record<SettingKey, z.ZodType>);

export type SettingsView = z.infer<typeof settingsViewSchema>;
