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

/** Reads all settings. One that was never set, or was kept by another version, has its initial value. */
export async function findSettings(db: DatabaseOrTransaction): Promise<StoredSettings> {
  const rows = await db.setting.findMany({
    where: { key: { in: SETTING_KEYS } },
    select: { key: true, value: true, updatedAt: true, user: { select: { username: true } } },
  });
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const values: Record<string, unknown> = {};
  const lastChanges: Record<string, LastChange | null> = {};
  for (const key of SETTING_KEYS) {
    const row = byKey.get(key);
    const stored = SETTINGS[key].schema.safeParse(row?.value);
    values[key] = stored.success ? stored.data : SETTINGS[key].initial;
    lastChanges[key] = row ? { at: row.updatedAt, by: row.user?.username ?? null } : null;
  }
  return { values: values as Settings, lastChanges: lastChanges as StoredSettings["lastChanges"] };
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
