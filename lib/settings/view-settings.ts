import type { DatabaseOrTransaction } from "@/lib/db/database";
import { findSettings } from "./settings-repository";
import { SETTING_KEYS, type SettingsView } from "./settings-schema";

/** All settings with who changed each last, as the API tells them. */
export async function viewSettings({
  db,
}: {
  readonly db: DatabaseOrTransaction;
}): Promise<SettingsView> {
  const { values, lastChanges } = await findSettings(db);
  const entries = SETTING_KEYS.map((key) => {
    const change = lastChanges[key];
    const last_change = change && {
      at: change.at.toISOString(),
      by: change.by ?? "a user who is gone",
    };
    return [key, { value: values[key], last_change }] as const;
  });
  return Object.fromEntries(entries) as SettingsView;
}
