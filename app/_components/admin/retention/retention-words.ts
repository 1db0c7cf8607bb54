import type {
  RetentionPolicyJson,
  RetentionPreviewJson,
  RetentionRunJson,
} from "@/lib/retention/retention-schema";
import { MAX_RETENTION_DAYS } from "@/lib/retention/retention-schema";
import { countOf, formatBytes } from "../../ui/format";
import type { Parsed } from "../number-setting";

/** "for 30 days", or "for ever". */
export function forDays(days: number): string {
  return days === 0 ? "for ever" : `for ${countOf(days, "day")}`;
}

/** What somebody typed: days, null for an empty field, or a sentence that says what is wrong. */
export function parseDays(text: string): Parsed<number | null> {
  if (text === "") return { value: null };
  const days = Number(text);
  if (/^\d+$/.test(text) && days <= MAX_RETENTION_DAYS) return { value: days };
  return { problem: `Give a whole number of days from 0 to ${MAX_RETENTION_DAYS}, or nothing.` };
}

type App = RetentionPolicyJson["apps"][number];

const BECAUSE: Readonly<Record<App["rule"], string>> = {
  organisation: "as for everything",
  app: "by its own rule",
  environment: "as its environment says",
  default: "as this installation is configured",
};

export function effectOn(app: App): string {
  return `Kept ${forDays(app.effective_days)}, ${BECAUSE[app.rule]}.`;
}

/** What is asked before a change is saved, and what it would do. */
export interface PolicyQuestion {
  readonly title: string;
  readonly description: string;
  readonly confirmLabel: string;
}

/** The question about a change of the policy, or null where nothing is deleted that would have stayed, now or later. */
export function questionAbout(preview: RetentionPreviewJson): PolicyQuestion | null {
  if (preview.newly_count > 0) {
    return {
      title: `Delete ${countOf(preview.newly_count, "more recording")}?`,
      description: whatGoes(preview, preview.oldest_completed_at?.slice(0, 10) ?? null),
      confirmLabel: "Save and delete",
    };
  }
  if (preview.newly_held_count === 0) return null;
  const count = preview.newly_held_count;
  const them = count === 1 ? "it" : "them";
  const stay = count === 1 ? "It stays" : "They stay";
  return {
    title: `Delete ${countOf(count, "more recording")} once nothing holds ${them}?`,
    description: `Nothing more is deleted now. ${stay}, ${formatBytes(preview.newly_held_bytes)} in all, until the legal hold is lifted; the next sweep then deletes ${them}. What is deleted cannot be brought back.`,
    confirmLabel: "Save",
  };
}

function whatGoes(preview: RetentionPreviewJson, oldest: string | null): string {
  const goes = `The next sweep deletes ${countOf(preview.count, "recording")} of ${formatBytes(preview.bytes)} in all, ${countOf(preview.newly_count, "of which is", "of which are")} kept by the rules of now`;
  const age = oldest === null ? "" : `; the oldest became ready on ${oldest}`;
  const held =
    preview.held_count === 0
      ? ""
      : ` ${countOf(preview.held_count, "recording")} of ${formatBytes(preview.held_bytes)} ${preview.held_count === 1 ? "is" : "are"} as old and stay${preview.held_count === 1 ? "s" : ""}: under legal hold.`;
  return `${goes}${age}.${held} What is deleted cannot be brought back.`;
}

/** What became of a sweep, or how far it is. */
export function outcomeOf(run: RetentionRunJson): string {
  const done = `${countOf(run.deleted_count, "recording")} deleted, ${formatBytes(run.deleted_bytes)}`;
  const failed = run.failed_count === 0 ? "" : `; ${run.failed_count} could not be`;
  switch (run.state) {
    case "queued":
      return "Waiting for a worker";
    case "running":
      return `${run.deleted_count} of ${run.expected_count ?? "…"} deleted${failed}`;
    case "done":
      return `${done}${failed}`;
    case "failed":
      return `Failed: ${run.problem ?? "the worker’s log says why"} (${done})`;
  }
}
