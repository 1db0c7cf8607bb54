"use client";

import { useId, useState } from "react";
import { settingsViewSchema, type SettingsView } from "@/lib/settings/settings-schema";
import { problemSentence, readApi } from "../api-client";
import { Switch } from "../ui/switch";
import { useToasts } from "../ui/toast";
import { SettingHint } from "./setting-hint";

interface AutoRecordSettingProps {
  readonly setting: SettingsView["auto_record"];
  readonly runningSessions: number;
  readonly onSaved: (view: SettingsView) => void;
}

/** Whether every session is recorded without anybody's click. */
export function AutoRecordSetting({ setting, runningSessions, onSaved }: AutoRecordSettingProps) {
  const toasts = useToasts();
  const [saving, setSaving] = useState(false);
  const hintId = useId();
  const save = async (on: boolean) => {
    setSaving(true);
    try {
      const request = { method: "PATCH", body: { auto_record: on } } as const;
      onSaved(await readApi("/api/admin/settings", settingsViewSchema, request));
      toasts.say(
        on ? "Every session is recorded from now on." : "Nothing is recorded by itself any more.",
      );
    } catch (error) {
      toasts.fail(problemSentence(error));
    } finally {
      setSaving(false);
    }
  };
  return (
    <section aria-describedby={hintId}>
      <div className="flex items-center justify-between gap-4">
        <h2 className="text-base font-medium">Record every session automatically</h2>
        <Switch
          label="Record every session automatically"
          checked={setting.value}
          disabled={saving}
          onChange={(on) => void save(on)}
        />
      </div>
      <p id={hintId} className="mt-1 text-sm text-ink-muted">
        <SettingHint
          text={`A session is recorded as soon as its desktop is there; its user sees that, and may stop it, which is noted. A change applies at once, ${reach(runningSessions)}.`}
          lastChange={setting.last_change}
        />
      </p>
    </section>
  );
}

function reach(runningSessions: number): string {
  if (runningSessions === 0) return "though no session is running now";
  return runningSessions === 1
    ? "also to the session that is running"
    : `also to the ${runningSessions} sessions that are running`;
}
