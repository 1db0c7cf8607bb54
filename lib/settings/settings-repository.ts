import type { DatabaseOrTransaction } from "@/lib/db/database";
import { SETTING_KEYS, type SettingKey, SETTINGS, type Settings } from "./settings-schema";

interface LastChange {
  readonly at: Date;
  /** The administrator's name; null when the account is gone. */
  readonly by: string | null;
}

/** All settings, with who changed each last; null where nobody has. */
export interface StoredSettings {
  readonly values: Settings;
  readonly lastChanges: { readonly [K in SettingKey]: LastChange | null };
}

/** Reads all settings. */
export async function findSettings(db: DatabaseOrTransaction): Promise<StoredSettings> {
  const rows = await db.setting.findMany({
    where: { key: { in: SETTING_KEYS } },
    select: { key: true, value: true, updatedAt: true, user: { select: { username: true } } },
  });
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const lastChanges: Record<string, LastChange | null> = {};
  for (const key of SETTING_KEYS) {
    const row = byKey.get(key);
    lastChanges[key] = row ? { at: row.updatedAt, by: row.user?.username ?? null } : null;
  }
  return {
    values: settingsIn(rows),
    lastChanges: lastChanges as StoredSettings["lastChanges"],
  };
}

/** The settings that these rows hold. One that was never set, or was kept by another version, has its initial value. */
export function settingsIn(
  rows: readonly { readonly key: string; readonly value: unknown }[],
): Settings {
  const values: Record<string, unknown> = {};
  for (const key of SETTING_KEYS) {
    const { schema, initial } = SETTINGS[key];
    const stored = schema.safeParse(rows.find((row) => row.key === key)?.value);
    values[key] = stored.success ? stored.data : initial;
  }
  return values as Settings;
}

/** Keeps one setting's new value and whose it is. */
export async function saveSetting<K extends SettingKey>(
  db: DatabaseOrTransaction,
  key: K,
  value: Settings[K],
  by: { readonly userId: string; readonly at: Date },
): Promise<void> {
  const written = { value, updatedBy: by.userId, updatedAt: by.at };
  await db.setting.upsert({ where: { key }, create: { key, ...written }, update: written });
}
