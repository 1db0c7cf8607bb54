import type { FileHandle } from "node:fs/promises";
import { onDisk, writeFully } from "./local-files";
import type { AppendSink, StorageState } from "./recording-store";

/** Small chunks are gathered up to this size, so that the disk sees few large writes. */
const FLUSH_BYTES = 512 * 1024;
/** Also a bound: system calls take about a thousand buffers at once. */
const FLUSH_BUFFERS = 512;

/**
 * Appends to an open file. While one batch is being written the next is gathered, so at most two
 * batches and one chunk are in memory.
 */
export class LocalAppendSink implements AppendSink {
  private gathered: Uint8Array[] = [];
  private gatheredBytes = 0;
  private writing: Promise<void> = Promise.resolve();
  private synced: Promise<void> = Promise.resolve();
  private isSyncing = false;

  constructor(
    private readonly handle: FileHandle,
    private position: number,
  ) {}

  write(bytes: Uint8Array): Promise<void> | null {
    if (bytes.byteLength === 0) return null;
    this.gathered.push(bytes);
    this.gatheredBytes += bytes.byteLength;
    const isBatch = this.gatheredBytes >= FLUSH_BYTES || this.gathered.length >= FLUSH_BUFFERS;
    return isBatch ? this.flushAhead() : null;
  }

  writeHeader(header: Uint8Array): Promise<void> {
    return onDisk(() => writeFully(this.handle, [header], 0));
  }

  async commit(): Promise<StorageState> {
    try {
      await this.flush();
      await this.writing;
      // The size is metadata that reading needs, so fdatasync makes it durable too.
      await onDisk(() => this.handle.datasync());
      // A failure is told to one sync only, perhaps an earlier one.
      await this.synced;
    } finally {
      await this.synced.catch(() => undefined);
      await this.handle.close();
    }
    return {};
  }

  async abort(): Promise<void> {
    this.gathered = [];
    // The file is not cut back: should another writer have taken over meanwhile, these bytes would be its own.
    await this.writing.catch(() => undefined);
    await this.synced.catch(() => undefined);
    await this.handle.close();
  }

  private async flushAhead(): Promise<void> {
    await this.flush();
    this.writing.then(
      () => this.syncAhead(),
      () => undefined,
    );
  }

  /** Lets the disk work on what is written while more arrives, so that `commit` has less to wait for. */
  private syncAhead(): void {
    if (this.isSyncing) return;
    this.isSyncing = true;
    const earlier = this.synced;
    this.synced = onDisk(() => this.handle.datasync()).then(() => {
      this.isSyncing = false;
      return earlier;
    });
    this.synced.catch(() => undefined);
  }

  /** Resolves when the batch before is written; the batch it starts may still be on its way. */
  private async flush(): Promise<void> {
    await this.writing;
    const batch = this.gathered;
    const position = this.position;
    this.position += this.gatheredBytes;
    this.gathered = [];
    this.gatheredBytes = 0;
    this.writing = onDisk(() => writeFully(this.handle, batch, position));
    // Whoever awaits `writing` next hears of a failure; until then it is not "unhandled".
    this.writing.catch(() => undefined);
  }
}
