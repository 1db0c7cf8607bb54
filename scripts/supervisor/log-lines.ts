import { z } from "zod";

const WARN_LEVEL = 40;
const LABELS: Readonly<Record<number, string>> = { 40: "warning", 50: "error", 60: "fatal" };

const logLine = z.object({
  level: z.number(),
  msg: z.string().default(""),
  err: z.object({ message: z.string() }).optional(),
});

/**
 * What a person should see of a line that a process wrote: nothing of its everyday log, warnings and errors
 * without their JSON, and anything that is no log line as it is.
 */
export function readable(processName: string, line: string): string | null {
  if (line.trim() === "") return null;
  const entry = logLine.safeParse(parseJson(line));
  if (!entry.success) return `${processName}  ${line}`;
  const { level, msg, err } = entry.data;
  if (level < WARN_LEVEL) return null;
  const text = [msg, err?.message].filter((part) => part !== undefined && part !== "").join(": ");
  return `${processName}  ${LABELS[level] ?? "notice"}  ${text}`;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
