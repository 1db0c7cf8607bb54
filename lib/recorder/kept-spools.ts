import { z } from "zod";
import { LABEL_FILE, SPOOL_FOLDER, STREAM_FILE, spoolLockName, untilLetGo } from "./opfs-backend";
import { parseSpoolLabel, type SpoolLabel } from "./spool-label";

/** What this browser keeps of one recording. */
export interface KeptSpool {
  readonly recordingId: string;
  /** Null when it is missing or damaged. */
  readonly label: SpoolLabel | null;
  /** The bytes on disk; reading a slice of it reads no more than that. */
  readonly stream: Blob;
  /** When the last bytes were kept, in milliseconds since the epoch. */
  readonly keptAt: number;
}

/** The recordings of which this browser keeps bytes, also those of tabs that are alive. Empty where it keeps no files. */
export async function listSpools(): Promise<string[]> {
  const ids: string[] = [];
  const folder = await spoolFolder();
  if (folder === null) return ids;
  for await (const name of folder.keys()) if (z.uuid().safeParse(name).success) ids.push(name);
  return ids;
}

/**
 * Runs `task` while nobody else, in this tab or another, may touch the spool; `held` when somebody does
 * already: who records, or another tab that recovers it. The browser lets go for a tab that dies.
 */
export function withSpoolLock<T>(recordingId: string, task: () => Promise<T>): Promise<T | "held"> {
  const options = { ifAvailable: true } as const;
  return navigator.locks.request(spoolLockName(recordingId), options, (lock) =>
    lock === null ? Promise.resolve("held" as const) : task(),
  );
}

/** Resolves when whoever holds the spool lets go of it, or dies. */
export async function whenLetGo(recordingId: string): Promise<void> {
  const options = { mode: "shared" } as const;
  await navigator.locks.request(spoolLockName(recordingId), options, () => undefined);
}

/** Null when there is none. */
export async function openSpool(recordingId: string): Promise<KeptSpool | null> {
  const folder = await unlessMissing((await spoolFolder())?.getDirectoryHandle(recordingId));
  if (folder === null) return null;
  const label = await fileIn(folder, LABEL_FILE);
  const stream = await fileIn(folder, STREAM_FILE);
  return {
    recordingId,
    label: label === null ? null : parseSpoolLabel(await label.text()),
    stream: stream ?? new Blob(),
    keptAt: stream?.lastModified ?? Date.now(),
  };
}

/** Deletes the bytes. To be called under the spool's lock. */
export async function removeSpool(recordingId: string): Promise<void> {
  const folder = await spoolFolder();
  await untilLetGo(() => unlessMissing(folder?.removeEntry(recordingId, { recursive: true })));
}

/** Null in browsers and windows that keep no files, or have kept none yet. */
async function spoolFolder(): Promise<FileSystemDirectoryHandle | null> {
  // Neither is there on plain http, where nothing is recorded.
  if (!("locks" in navigator) || !("storage" in navigator)) return null;
  try {
    return await (await navigator.storage.getDirectory()).getDirectoryHandle(SPOOL_FOLDER);
  } catch {
    return null;
  }
}

async function fileIn(folder: FileSystemDirectoryHandle, name: string): Promise<File | null> {
  const handle = await unlessMissing(folder.getFileHandle(name));
  return handle === null ? null : untilLetGo(() => handle.getFile());
}

async function unlessMissing<T>(found: Promise<T> | undefined): Promise<T | null> {
  try {
    return (await found) ?? null;
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotFoundError") return null;
    throw error;
  }
}
