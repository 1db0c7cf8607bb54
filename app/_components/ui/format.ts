const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A length of time as `0:07`, `12:30` or `1:02:03`; whole seconds, rounded down. */
export function formatDuration(durationMs: number): string {
  const totalSeconds = Math.max(0, Math.floor(durationMs / SECOND_MS));
  const hours = Math.floor(totalSeconds / 3600);
  const minutes = Math.floor((totalSeconds % 3600) / 60);
  const seconds = String(totalSeconds % 60).padStart(2, "0");
  if (hours === 0) return `${minutes}:${seconds}`;
  return `${hours}:${String(minutes).padStart(2, "0")}:${seconds}`;
}

/** A length of time in words for screen readers: `1 hour 2 minutes 3 seconds`. */
export function spellDuration(durationMs: number): string {
  const totalSeconds = Math.max(0, Math.floor(durationMs / SECOND_MS));
  const parts = [
    [Math.floor(totalSeconds / 3600), "hour"],
    [Math.floor((totalSeconds % 3600) / 60), "minute"],
    [totalSeconds % 60, "second"],
  ] as const;
  const spoken = parts
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}${amount === 1 ? "" : "s"}`);
  return spoken.length === 0 ? "0 seconds" : spoken.join(" ");
}

const BYTE_UNITS = ["KB", "MB", "GB", "TB", "PB"] as const;

/** A size in binary units to one decimal: `512 B`, `3.2 MB`. */
export function formatBytes(sizeBytes: number): string {
  if (sizeBytes < 1024) return `${Math.max(0, Math.round(sizeBytes))} B`;
  let value = sizeBytes / 1024;
  let index = 0;
  // 1023.95 would round up to "1024.0", which is one of the next unit.
  while (value >= 1023.95 && index < BYTE_UNITS.length - 1) {
    value /= 1024;
    index += 1;
  }
  return `${value.toFixed(1)} ${BYTE_UNITS[index] ?? "PB"}`;
}

/**
 * A moment as seen from `nowMs`: `now`, `12 min ago`, `3 h ago`, `5 days ago`, then the date in the reader's
 * own time zone.
 */
export function formatRelative(atMs: number, nowMs: number, timeZone?: string): string {
  const agoMs = nowMs - atMs;
  if (agoMs < MINUTE_MS) return "now";
  if (agoMs < HOUR_MS) return `${Math.floor(agoMs / MINUTE_MS)} min ago`;
  if (agoMs < DAY_MS) return `${Math.floor(agoMs / HOUR_MS)} h ago`;
  const days = Math.floor(agoMs / DAY_MS);
  if (days < 14) return days === 1 ? "1 day ago" : `${days} days ago`;
  return formatExact(atMs, timeZone).slice(0, "2026-11-21".length);
}

/** The exact moment in the reader's own time zone: `2026-11-21 14:03:09 GMT+1`. */
export function formatExact(atMs: number, timeZone?: string): string {
  const options: Intl.DateTimeFormatOptions = {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
    ...(timeZone === undefined ? {} : { timeZone }),
  };
  const parts = new Intl.DateTimeFormat("en-GB", options).formatToParts(new Date(atMs));
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    parts.find((candidate) => candidate.type === type)?.value ?? "";
  const date = `${part("year")}-${part("month")}-${part("day")}`;
  return `${date} ${part("hour")}:${part("minute")}:${part("second")} ${part("timeZoneName")}`;
}

/** The part of an id that people compare by eye: its first eight characters. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}

/** `1 recording`, `2 recordings`. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
}
