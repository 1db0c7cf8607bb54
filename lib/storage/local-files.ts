import { constants } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import path from "node:path";
import { AppError, isAppError } from "@/lib/errors/app-error";
import { withoutFirst } from "./byte-chunks";

export const FILE_MODE = 0o600;
export const DIRECTORY_MODE = 0o700;

const RETRY_AFTER_SECONDS = 5;

/** The error's system code, such as `ENOENT`; undefined for errors that have none. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Runs file operations; what the disk refuses becomes an AppError that a person can act on. */
export async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isAppError(error) ? error : asStorageError(error);
  }
}

function asStorageError(error: unknown): unknown {
  const code = systemCode(error);
  // No system code: not the disk's doing, so not to be dressed up as such.
  if (code === undefined) return error;
  if (code === "ENOSPC" || code === "EDQUOT") return storageFull(error);
  if (code === "ENOENT") {
    return new AppError("not_found", "The storage does not have these bytes.", { cause: error });
  }
  return new AppError(
    "unavailable",
    "The storage for recordings does not work right now. Try again in a moment, and tell an administrator if it stays so.",
    { cause: error, retryAfterSeconds: RETRY_AFTER_SECONDS },
  );
}

export function storageFull(cause?: unknown): AppError {
  return new AppError(
    "insufficient_storage",
    "The storage for recordings is full. Delete recordings you no longer need, or ask an administrator for more room.",
    { cause, retryAfterSeconds: RETRY_AFTER_SECONDS },
  );
}

/** Makes the names inside a directory durable: a file that was created or renamed is there after a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a directory with every parent it lacks, all of them durable. Harmless when it exists. */
export async function makeDirectory(directory: string): Promise<void> {
  const firstMade = await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
  if (firstMade === undefined) return;
  const top = path.dirname(firstMade);
  for (let made = directory; made !== top; made = path.dirname(made)) {
    await syncDirectory(path.dirname(made));
  }
}

/** Writes all the buffers one after the other from `position` on: a single system call may write less. */
export async function writeFully(
  handle: FileHandle,
  buffers: readonly Uint8Array[],
  position: number,
): Promise<void> {
  let rest = [...buffers];
  let at = position;
  while (rest.length > 0) {
    const { bytesWritten } = await handle.writev(rest, at);
    at += bytesWritten;
    rest = withoutFirst(rest, bytesWritten);
  }
}
