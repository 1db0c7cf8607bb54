import { type Client, recordAuditEvent } from "@/lib/audit/record-audit-event";
import type { Actor } from "@/lib/auth/permissions";
import type { Database } from "@/lib/db/database";
import { findSettings, saveSetting } from "./settings-repository";
import { SETTING_KEYS, type SettingsChange } from "./settings-schema";

interface ChangeSettingsDeps {
  readonly db: Database;
  readonly now: () => Date;
}

/**
 * An administrator changes settings: all of them or none, each with an entry in the audit trail that
 * holds the value before and after. Saying again what is so already changes nothing.
 */
export async function changeSettings(
  { db, now }: ChangeSettingsDeps,
  by: { readonly actor: Actor; readonly client: Client },
  change: SettingsChange,
): Promise<void> {
  await db.$transaction(async (transaction) => {
    const { values } = await findSettings(transaction);
    for (const key of SETTING_KEYS) {
      const value = change[key];
      if (value === undefined || value === values[key]) continue;
      await saveSetting(transaction, key, value, { userId: by.actor.userId, at: now() });
      await recordAuditEvent(transaction, {
        ...by,
        action: "settings.change",
        target: { type: "setting", id: key },
        detail: { from: values[key], to: value },
      });
    }
  });
}
