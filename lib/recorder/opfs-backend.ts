import type { SpoolBackend, SpoolFile, SpoolLabel } from "./spool";

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

/** Right after a crash the browser may still hold a file for about a second. */
const OPEN_ATTEMPTS = 10;
const OPEN_RETRY_MS = 150;

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
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await file.createSyncAccessHandle();
    } catch (error) {
      if (!isStillHeld(error) || attempt === OPEN_ATTEMPTS) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, OPEN_RETRY_MS));
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
