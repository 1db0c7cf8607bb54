import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * The path of a command tests need, or null when this machine lacks it: such tests are then skipped,
 * `describe.skipIf(requireCommand("ffmpeg") === null)(…)`. In CI nothing may be skipped: there it throws.
 */
export function requireCommand(name: string): string | null {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const found = folders.map((folder) => join(folder, name)).find(isExecutable);
  if (found !== undefined) return found;
  if (process.env["CI"])
    throw new Error(`CI must have the command ${name}: nothing is skipped there.`);
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
