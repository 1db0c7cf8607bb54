import type { ReactNode } from "react";
import { RelativeTime } from "../ui/time";

/** Who changed a setting last, and when; null where nobody has. */
export type LastChange = { readonly by: string; readonly at: string } | null;

interface SettingHintProps {
  readonly text: string;
  readonly lastChange: LastChange;
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
