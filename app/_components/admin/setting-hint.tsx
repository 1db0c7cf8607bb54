import type { ReactNode } from "react";
import type { SettingKey, SettingsView } from "@/lib/settings/settings-schema";
import { RelativeTime } from "../ui/time";

interface SettingHintProps {
  readonly text: string;
  readonly lastChange: SettingsView[SettingKey]["last_change"];
}

/** What a setting means, and who changed it last. */
export function SettingHint({ text, lastChange }: SettingHintProps): ReactNode {
  if (lastChange === null) return text;
  return (
    <>
      {text} Changed by {lastChange.by} <RelativeTime at={lastChange.at} />.
    </>
  );
}
