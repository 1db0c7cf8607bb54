import { randomUUID } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { type FileHandle, open, rename, rm, stat, statfs, unlink } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { AppError } from "@/lib/errors/app-error";
import { LocalAppendSink } from "./local-append-sink";
import {
  FILE_MODE,
  makeDirectory,
  onDisk,
  syncDirectory,
  systemCode,
  writeFully,
} from "./local-files";
import { hasStayed, listFiles } from "./local-listing";
import type {
  AppendSink,
  ByteRange,
  LiveObject,
  NotDeleted,
  RecordingStore,
  Remnant,
  SealedObject,
  StorageState,
  StoredItem,
  StoredObject,
} from "./recording-store";
import { checkedKey, newProbeName, PART_SUFFIX } from "./storage-key";

/** Fewer, larger reads than Node's 64 KiB; still small beside a connection's own buffers. */
const READ_BYTES = 256 * 1024;

/** As many as Node's thread pool takes at a time, and as many that wait. */
const CALLS_AT_ONCE = 8;

/**
 * Keeps recordings as files under `root`: `<key>` when sealed, `<key>.part` until then.
 * The name tells the state, and a rename changes it, so no crash leaves a file that claims to be whole.
 */
export class LocalRecordingStore implements RecordingStore {
  readonly backend = "local";

  constructor(private readonly root: string) {}

  async checkWritable(): Promise<void> {
    await onDisk(async () => {
      await makeDirectory(this.root);
      const probe = path.join(this.root, newProbeName());
      try {
        await writeNewFile(probe, Buffer.from("ok"));
      } finally {
        await rm(probe, { force: true });
      }
    });
  }

  /** What unprivileged users may still write to the volume. */
  async freeBytes(): Promise<number> {
    return onDisk(async () => {
      await makeDirectory(this.root);
      const { bavail, bsize } = await statfs(this.root);
      return bavail * bsize;
    });
  }

  async begin(key: string, headerBytes: number): Promise<StorageState> {
    const live = this.livePath(key);
    await onDisk(async () => {
      if ((await statOrNull(this.sealedPath(key))) !== null) return;
      await makeDirectory(path.dirname(live));
      const handle = await open(live, "a", FILE_MODE);
      try {
        const { size } = await handle.stat();
        if (size < headerBytes) await handle.truncate(headerBytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await syncDirectory(path.dirname(live));
    });
    return {};
  }

  async openAppend(live: LiveObject, position: number): Promise<AppendSink> {
    const handle = await onDisk(() => this.openLive(live.key, position));
    return new LocalAppendSink(handle, position);
  }

  async seal(
    live: LiveObject,
    header: Uint8Array,
    endPosition: number,
    keep = () => Promise.resolve(),
  ): Promise<SealedObject> {
    const sealedPath = this.sealedPath(live.key);
    // Renamed already, by a process that died before it could say so: there is nothing left to do.
    const sealed = await onDisk(() => statOrNull(sealedPath));
    if (sealed !== null) return sealedTo(endPosition, sealed);
    const handle = await onDisk(() => this.openLive(live.key, endPosition));
    try {
      await keep();
      await onDisk(() => finish(handle, header, endPosition));
    } finally {
      await handle.close();
    }
    await keep();
    return onDisk(async () => {
      await rename(this.livePath(live.key), sealedPath);
      await syncDirectory(path.dirname(sealedPath));
      return sealedTo(endPosition, await stat(sealedPath, { bigint: true }));
    });
  }

  async reopen(live: LiveObject): Promise<StorageState> {
    const sealedPath = this.sealedPath(live.key);
    await onDisk(async () => {
      if ((await statOrNull(sealedPath)) === null) return;
      await rename(sealedPath, this.livePath(live.key));
      await syncDirectory(path.dirname(sealedPath));
    });
    return {};
  }

  async readLive(live: LiveObject, range: ByteRange): Promise<Readable> {
    const handle = await onDisk(() => open(this.livePath(live.key), "r"));
    return handle.createReadStream({ ...range, highWaterMark: READ_BYTES });
  }

  /** The sealed file is what the live one was: there is nothing to remove. */
  tidy(): Promise<void> {
    return Promise.resolve();
  }

  async stat(key: string): Promise<StoredObject | null> {
    return onDisk(async () => {
      const sealed = await statOrNull(this.sealedPath(key));
      return sealed === null ? null : describe(sealed);
    });
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const handle = await onDisk(() => open(this.sealedPath(key), "r"));
    return handle.createReadStream({ ...range, highWaterMark: READ_BYTES });
  }

  linkTo(): Promise<null> {
    return Promise.resolve(null);
  }

  linkOrigin(): Promise<null> {
    return Promise.resolve(null);
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const target = this.sealedPath(key);
    const temporary = `${target}.${randomUUID()}${PART_SUFFIX}`;
    await onDisk(async () => {
      await makeDirectory(path.dirname(target));
      try {
        await writeNewFile(temporary, bytes);
        await rename(temporary, target);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
      await syncDirectory(path.dirname(target));
    });
  }

  async delete(key: string): Promise<void> {
    const sealedPath = this.sealedPath(key);
    await onDisk(async () => {
      await rm(this.livePath(key), { force: true });
      await rm(sealedPath, { force: true });
      await syncDirectory(path.dirname(sealedPath)).catch(ignoreMissing);
    });
  }

  async deleteMany(objects: readonly LiveObject[]): Promise<readonly NotDeleted[]> {
    const paths = objects.map(({ key }) => ({
      key,
      sealed: this.sealedPath(key),
      live: this.livePath(key),
    }));
    return onDisk(async () => {
      const failures = await sideBySide(paths, unlinkEither);
      const notDeleted = failures.filter((failure) => failure !== null);
      const directories = new Set(paths.map(({ sealed }) => path.dirname(sealed)));
      await sideBySide([...directories], (directory) =>
        syncDirectory(directory).catch(ignoreMissing),
      );
      return notDeleted;
    });
  }

  list(): AsyncIterable<StoredItem> {
    return listFiles(this.root);
  }

  holds(item: StoredItem): Promise<boolean> {
    return onDisk(() => hasStayed(this.root, item));
  }

  async hasLive({ key }: LiveObject, endPosition: number): Promise<boolean> {
    return onDisk(async () => {
      if ((await statOrNull(this.sealedPath(key))) !== null) return true;
      const live = await statOrNull(this.livePath(key));
      // The seal may have given it its name between the two looks.
      if (live === null) return (await statOrNull(this.sealedPath(key))) !== null;
      return Number(live.size) >= endPosition;
    });
  }

  needs({ key }: LiveObject, remnant: Remnant): boolean {
    return remnant.form === "unfinished" && remnant.key === key;
  }

  async removeRemnant(remnant: Remnant): Promise<boolean> {
    return onDisk(async () => {
      if (!(await hasStayed(this.root, remnant))) return false;
      await rm(path.join(this.root, remnant.name), { force: true });
      return true;
    });
  }

  private sealedPath(key: string): string {
    return path.join(this.root, checkedKey(key));
  }

  private livePath(key: string): string {
    return this.sealedPath(key) + PART_SUFFIX;
  }

  /**
   * @throws AppError `recording_closed` when the object is sealed, `not_found` when it or bytes before
   *   `position` are gone: writing there would leave a hole that looks like data.
   */
  private async openLive(key: string, position: number): Promise<FileHandle> {
    const handle = await open(this.livePath(key), "r+").catch(async (error: unknown) => {
      if ((await statOrNull(this.sealedPath(key))) === null) throw error;
      throw new AppError("recording_closed", "This recording is finished; nothing can be added.");
    });
    const { size } = await handle.stat();
    if (size >= position) return handle;
    await handle.close();
    throw bytesLost();
  }
}

async function finish(handle: FileHandle, header: Uint8Array, endPosition: number): Promise<void> {
  await writeFully(handle, [header], 0);
  await handle.truncate(endPosition);
  await handle.sync();
}

async function sideBySide<T, R>(all: readonly T[], call: (each: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const rest = all.entries();
  const oneByOne = async () => {
    for (const [at, each] of rest) results[at] = await call(each);
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, oneByOne));
  return results;
}

/** The one of both names that the object has: a process that died while reopening it left it the other one. */
async function unlinkEither({
  key,
  sealed,
  live,
}: {
  readonly key: string;
  readonly sealed: string;
  readonly live: string;
}): Promise<NotDeleted | null> {
  try {
    if (!(await unlinkIfThere(sealed))) await unlinkIfThere(live);
    return null;
  } catch (error) {
    return { key, reason: systemCode(error) ?? "no reason given" };
  }
}

async function unlinkIfThere(file: string): Promise<boolean> {
  try {
    await unlink(file);
    return true;
  } catch (error) {
    ignoreMissing(error);
    return false;
  }
}

async function writeNewFile(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, "wx", FILE_MODE);
  try {
    await writeFully(handle, [bytes], 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function statOrNull(file: string): Promise<BigIntStats | null> {
  try {
    return await stat(file, { bigint: true });
  } catch (error) {
    ignoreMissing(error);
    return null;
  }
}

function ignoreMissing(error: unknown): void {
  if (systemCode(error) !== "ENOENT") throw error;
}

/** @throws AppError when the sealed file does not end where it should, whoever sealed it */
function sealedTo(endPosition: number, file: BigIntStats): SealedObject {
  if (file.size < endPosition) throw bytesLost();
  if (file.size === BigInt(endPosition)) return describe(file);
  throw new AppError(
    "unavailable",
    "The storage holds another file in this recording's place. Tell an administrator.",
    { advice: "A sealed recording is longer than it was made: look at who else writes there." },
  );
}

function bytesLost(): AppError {
  return new AppError("not_found", "The storage has lost bytes of this recording.");
}

function describe(file: BigIntStats): StoredObject {
  return {
    sizeBytes: Number(file.size),
    // The time in nanoseconds, so that it differs between any two writes; the size for coarser clocks.
    etag: `"${file.size.toString(16)}-${file.mtimeNs.toString(16)}"`,
    modifiedAt: file.mtime,
  };
}
