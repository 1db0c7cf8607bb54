import type { SpoolBackend, SpoolFile } from "./spool";
import type { SpoolLabel } from "./spool-label";

/** The folder of the origin private file system that holds one folder a recording. */
export const SPOOL_FOLDER = "sortie-spool";
export const STREAM_FILE = "stream";
export const LABEL_FILE = "label.json";

/** The web lock that the tab holds for as long as it records and sends: who gets it may recover the spool. */
export function spoolLockName(recordingId: string): string {
  return `${SPOOL_FOLDER}/${recordingId}`;
}

/** TypeScript keeps these to its worker types, which cannot be loaded beside those of the page. */
interface SyncAccessHandle {
  read(into: Uint8Array<ArrayBuffer>, options: { readonly at: number }): number;
  write(bytes: Uint8Array<ArrayBuffer>, options: { readonly at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}
type SyncFileHandle = FileSystemFileHandle & {
  createSyncAccessHandle(): Promise<SyncAccessHandle>;
};

const ATTEMPTS = 10;
const RETRY_MS = 150;

/**
 * Keeps bytes in the origin private file system, where flushed bytes outlive a killed browser (those written
 * through `createWritable` do not). Only a dedicated worker may use it.
 * @throws when the browser offers none, as in some private windows
 */
export async function openOpfsBackend(): Promise<SpoolBackend> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(SPOOL_FOLDER, { create: true });
  return {
    keptIn: "disk",
    async create(label) {
      const own = await folder.getDirectoryHandle(label.recordingId, { create: true });
      await writeLabel(own, label);
      return asSpoolFile(await openHandle(own, STREAM_FILE));
    },
    remove: (recordingId) => folder.removeEntry(recordingId, { recursive: true }),
  };
}

async function writeLabel(folder: FileSystemDirectoryHandle, label: SpoolLabel): Promise<void> {
  const handle = await openHandle(folder, LABEL_FILE);
  try {
    handle.truncate(0);
    handle.write(new TextEncoder().encode(JSON.stringify(label)), { at: 0 });
    handle.flush();
  } finally {
    handle.close();
  }
}

async function openHandle(
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<SyncAccessHandle> {
  const file = (await folder.getFileHandle(name, { create: true })) as SyncFileHandle;
  return untilLetGo(() => file.createSyncAccessHandle());
}

/** Repeats `task` while the browser still holds the file, which right after a crash it may for about a second. */
export async function untilLetGo<T>(task: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await task();
    } catch (error) {
      if (!isStillHeld(error) || attempt === ATTEMPTS) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

function isStillHeld(error: unknown): boolean {
  return error instanceof DOMException && error.name === "NoModificationAllowedError";
}

function asSpoolFile(handle: SyncAccessHandle): SpoolFile {
  return {
    write: (bytes, position) => handle.write(bytes, { at: position }),
    read: (bytes, position) => handle.read(bytes, { at: position }),
    flush: () => handle.flush(),
    release: () => undefined,
    close: () => handle.close(),
  };
}
