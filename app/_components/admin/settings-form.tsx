"use client";

import { useState } from "react";
import {
  type SettingKey,
  settingsViewSchema,
  type SettingsView,
} from "@/lib/settings/settings-schema";
import { problemSentence, readApi } from "../api-client";
import { Field, Input } from "../ui/field";
import { Skeleton } from "../ui/skeleton";
import { useToasts } from "../ui/toast";
import { AutoRecordSetting } from "./auto-record-setting";
import { SettingHint } from "./setting-hint";

type NumberKey = Exclude<SettingKey, "auto_record">;

/** What can be set here, in the order shown. Each is a sentence that says what 0 means. */
const NUMBERS: readonly { key: NumberKey; label: string; hint: string }[] = [
  {
    key: "free_space_floor_mb",
    label: "Keep this much of the disk free (MiB)",
    hint: "With less, nothing new is recorded; with less than half of it, recordings under way end and are kept. 0 fills the disk to the last byte.",
  },
  {
    key: "user_quota_mb",
    label: "One user’s recordings may take together (MiB)",
    hint: "At the limit a recording under way ends and is kept, and the user has to delete something before the next. 0 sets no limit.",
  },
];

interface SettingsFormProps {
  readonly initial: SettingsView;
  /** To how many sessions a change applies at once. */
  readonly runningSessions: number;
}

/** The installation's settings. Each is saved when it is changed and holds at once. */
export function SettingsForm({ initial, runningSessions }: SettingsFormProps) {
  const [view, setView] = useState(initial);
  return (
    <div className="flex flex-col gap-6">
      <AutoRecordSetting
        setting={view.auto_record}
        runningSessions={runningSessions}
        onSaved={setView}
      />
      {NUMBERS.map(({ key, label, hint }) => (
        <NumberSetting
          key={key}
          settingKey={key}
          label={label}
          hint={hint}
          setting={view[key]}
          onSaved={setView}
        />
      ))}
    </div>
  );
}

interface NumberSettingProps {
  readonly settingKey: NumberKey;
  readonly label: string;
  readonly hint: string;
  readonly setting: SettingsView[NumberKey];
  readonly onSaved: (view: SettingsView) => void;
}

function NumberSetting({ settingKey, label, hint, setting, onSaved }: NumberSettingProps) {
  const toasts = useToasts();
  const [text, setText] = useState(String(setting.value));
  const [problem, setProblem] = useState<string>();
  const save = async () => {
    setProblem(undefined);
    if (text.trim() === String(setting.value)) return;
    if (!/^\d{1,10}$/.test(text.trim())) {
      setProblem("Give a whole number of MiB, such as 512.");
      return;
    }
    try {
      const body = { [settingKey]: Number(text) };
      const path = "/api/admin/settings";
      const view = await readApi(path, settingsViewSchema, { method: "PATCH", body });
      setText(String(view[settingKey].value));
      onSaved(view);
      toasts.say("Saved. It holds from now on.");
    } catch (error) {
      setProblem(problemSentence(error));
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Field
        label={label}
        hint={<SettingHint text={hint} lastChange={setting.last_change} />}
        error={problem}
      >
        <Input
          inputMode="numeric"
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onBlur={() => void save()}
        />
      </Field>
    </form>
  );
}

/** Stands where the settings will be. */
export function SettingsSkeleton() {
  return (
    <div className="flex flex-col gap-6">
      {NUMBERS.map(({ key }) => (
        <div key={key} className="flex flex-col gap-2">
          <Skeleton width="14rem" />
          <Skeleton width="100%" />
          <Skeleton width="70%" />
        </div>
      ))}
    </div>
  );
}
