import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const LIBRARY_ROOT = "/usr/lib";

/** Debian's libfaketime, or null where it is not installed. */
export function findFakeTime(): string | null {
  const folders = readdirSync(LIBRARY_ROOT).map((name) => join(LIBRARY_ROOT, name, "faketime"));
  const libraries = folders.map((folder) => join(folder, "libfaketimeMT.so.1"));
  return libraries.find((library) => existsSync(library)) ?? null;
}

/** Variables that set a process's clock wrong by so many hours. Its timers and files' times stay right, as they would. */
export function skewedBy(hours: number): Record<string, string> {
  const library = findFakeTime();
  if (library === null) throw new Error("libfaketime is not installed.");
  return {
    LD_PRELOAD: library,
    FAKETIME: `${hours < 0 ? "-" : "+"}${Math.abs(hours)}h`,
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    DONT_FAKE_MONOTONIC: "1",
    NO_FAKE_STAT: "1",
  };
}
