"use client";

import { useState } from "react";
import {
  type SettingKey,
  settingsViewSchema,
  type SettingsView,
} from "@/lib/settings/settings-schema";
import { readApi } from "../api-client";
import { Skeleton } from "../ui/skeleton";
import { useToasts } from "../ui/toast";
import { AutoRecordSetting } from "./auto-record-setting";
import { NumberSetting, type Parsed } from "./number-setting";

type NumberKey = Exclude<SettingKey, "auto_record">;

/** What can be set here, in the order shown: sentences around a number. */
const NUMBERS: readonly { key: NumberKey; before: string; after: string; hint: string }[] = [
  {
    key: "free_space_floor_mb",
    before: "Keep at least",
    after: "MiB of the disk free.",
    hint: "With less, nothing new is recorded; with less than half of it, recordings under way end and are kept. 0 fills the disk to the last byte.",
  },
  {
    key: "user_quota_mb",
    before: "Let one user’s recordings take up to",
    after: "MiB together.",
    hint: "At the limit a recording under way ends and is kept, and the user has to delete something before the next. 0 sets no limit.",
  },
  {
    key: "max_sessions_per_user",
    before: "Let each user have up to",
    after: "sessions open.",
    hint: "At the limit they are asked to end one first. Those that wait in line count.",
  },
  {
    key: "max_sessions",
    before: "Let up to",
    after: "sessions run at once.",
    hint: "Whoever comes later waits in line, sees their place and starts by themselves when there is room. 0 sets no limit.",
  },
];

interface SettingsFormProps {
  readonly initial: SettingsView;
  /** To how many sessions a change applies at once. */
  readonly runningSessions: number;
}

/** The installation's settings. Each is saved when it is changed and holds at once. */
export function SettingsForm({ initial, runningSessions }: SettingsFormProps) {
  const toasts = useToasts();
  const [view, setView] = useState(initial);
  return (
    <div className="flex flex-col gap-6">
      <AutoRecordSetting
        setting={view.auto_record}
        runningSessions={runningSessions}
        onSaved={setView}
      />
      {NUMBERS.map(({ key, ...words }) => (
        <NumberSetting
          key={key}
          {...words}
          value={view[key].value}
          lastChange={view[key].last_change}
          parse={PARSERS[key]}
          onSave={async (value) => {
            setView(await change(key, value));
            toasts.say("Saved. It holds from now on.");
            return true;
          }}
        />
      ))}
    </div>
  );
}

/** @throws ApiProblem */
async function change(key: NumberKey, value: number): Promise<SettingsView> {
  const body = { [key]: value };
  return readApi("/api/admin/settings", settingsViewSchema, { method: "PATCH", body });
}

/** Takes a whole number from `least` on, or says what to give. */
function wholeNumber(least: number, problem: string): (text: string) => Parsed<number> {
  return (text) =>
    /^\d{1,10}$/.test(text) && Number(text) >= least ? { value: Number(text) } : { problem };
}

const parseMebibytes = wholeNumber(0, "Give a whole number of MiB, such as 512.");

const PARSERS: Readonly<Record<NumberKey, (text: string) => Parsed<number>>> = {
  free_space_floor_mb: parseMebibytes,
  user_quota_mb: parseMebibytes,
  max_sessions: wholeNumber(0, "Give a whole number of sessions, or 0 for no limit."),
  max_sessions_per_user: wholeNumber(1, "Give a whole number of sessions, at least 1."),
};

/** Stands where the settings will be. */
export function SettingsSkeleton() {
  return (
    <div className="flex flex-col gap-6">
      <p role="status" className="sr-only">
        The settings are on their way.
      </p>
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
