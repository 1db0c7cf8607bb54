import { type JobName, isJobName } from "@/lib/queue/jobs";

/** What each background job does, for people. */
const WORDS_BY_JOB = {
  "reap-abandoned": "Finish what was abandoned",
  "purge-expired": "Remove what has expired",
  "sweep-retention": "Delete what is past its retention",
  "reconcile-storage": "Compare storage and database",
} as const satisfies Record<JobName, string>;

/** The job in words; its name where only another version knows it. */
export function jobWords(name: string): string {
  return isJobName(name) ? WORDS_BY_JOB[name] : name;
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** `every minute`, `every 10 minutes`, `every day`. */
export function everyWords(seconds: number): string {
  const [unit, length] = UNITS.find(([, each]) => seconds % each === 0) ?? ["second", 1];
  const count = seconds / length;
  return count === 1 ? `every ${unit}` : `every ${count} ${unit}s`;
}

/** How long until a moment: `in 40 s`, `in 12 min`, `in 3 h`; `now` when it has come. */
export function untilWords(atMs: number, nowMs: number): string {
  const seconds = Math.ceil((atMs - nowMs) / 1000);
  if (seconds <= 0) return "now";
  if (seconds < 60) return `in ${seconds} s`;
  if (seconds < 3_600) return `in ${Math.round(seconds / 60)} min`;
  return `in ${Math.round(seconds / 3_600)} h`;
}

/** What a job says it did, `sessions closed 2, sealed 1`: counts that are 0 say nothing. */
export function resultWords(result: unknown): string {
  if (typeof result !== "object" || result === null) return "";
  const facts = Object.entries(result).filter(
    (fact): fact is [string, string | number | true] =>
      (typeof fact[1] === "number" && fact[1] !== 0) ||
      (typeof fact[1] === "string" && fact[1] !== "") ||
      fact[1] === true,
  );
  return facts
    .map(([name, value]) => (value === true ? spaced(name) : `${spaced(name)} ${value}`))
    .join(", ");
}

/** `sessionsClosed` and `sessions_closed` as words. */
function spaced(name: string): string {
  return name
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();
}
