import { z } from "zod";

const WARN_LEVEL = 40;
const LABELS: Readonly<Record<number, string>> = { 40: "warning", 50: "error", 60: "fatal" };

const logLine = z.object({
  level: z.number(),
  msg: z.string().default(""),
  err: z.object({ message: z.string() }).optional(),
});

/**
 * What a person should see of a line that a process wrote to its standard output: nothing of its everyday
 * log, nor of what its libraries have to tell; warnings and errors without their JSON.
 */
export function readable(processName: string, line: string): string | null {
  const entry = logLine.safeParse(parseJson(line));
  if (!entry.success || entry.data.level < WARN_LEVEL) return null;
  const { level, msg, err } = entry.data;
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
