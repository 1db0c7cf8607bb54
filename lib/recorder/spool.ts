import type { KeptIn } from "./recorder-state";
import type { SpoolLabel } from "./spool-label";

/** Random access to one file, synchronous as the browser's own sync access handles are. */
export interface SpoolFile {
  /** Writes at `position` and returns how many bytes it took. */
  write(bytes: Uint8Array<ArrayBuffer>, position: number): number;
  /** Fills `bytes` from `position` and returns how many it got. */
  read(bytes: Uint8Array<ArrayBuffer>, position: number): number;
  /** Returns when what was written outlives the browser. */
  flush(): void;
  /** The bytes below `position` will not be read again. */
  release(position: number): void;
  close(): void;
}

/** Where spool files live. It knows nothing of what they hold. */
export interface SpoolBackend {
  readonly keptIn: KeptIn;
  create(label: SpoolLabel): Promise<SpoolFile>;
  /** Removes the file and its label; the file is closed by then. */
  remove(recordingId: string): Promise<void>;
}

/** The browser has no room left; `message` is a sentence. */
export class SpoolFullError extends Error {
  override readonly name = "SpoolFullError";

  constructor() {
    super(
      "This browser has no room left to keep the recording, so it was stopped. Free some disk space before the next one.",
    );
  }
}

/**
 * The bytes of one recording in the order they came. Each append is durable when it returns. After one that
 * failed every other fails too: a gap would make what follows unreadable.
 */
export class Spool {
  private sizeBytes = 0;
  private failure: Error | null = null;

  private constructor(
    private readonly backend: SpoolBackend,
    private readonly file: SpoolFile,
    private readonly recordingId: string,
  ) {}

  static async create(backend: SpoolBackend, label: SpoolLabel): Promise<Spool> {
    return new Spool(backend, await backend.create(label), label.recordingId);
  }

  get keptIn(): KeptIn {
    return this.backend.keptIn;
  }

  /**
   * Returns the spool's size after it.
   * @throws SpoolFullError, or what the browser threw
   */
  append(bytes: Uint8Array<ArrayBuffer>): number {
    if (this.failure !== null) throw this.failure;
    try {
      this.writeAll(bytes);
      this.file.flush();
    } catch (error) {
      this.failure = isQuotaExceeded(error) ? new SpoolFullError() : asError(error);
      throw this.failure;
    }
    this.sizeBytes += bytes.byteLength;
    return this.sizeBytes;
  }

  /** @throws RangeError when not all of them are there */
  read(position: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    if (position + length > this.sizeBytes || this.file.read(bytes, position) !== length) {
      throw new RangeError(`The spool does not hold ${length} bytes at ${position}.`);
    }
    return bytes;
  }

  /** The bytes below `position` are safe elsewhere; memory lets go of them, a disk keeps them to the end. */
  release(position: number): void {
    this.file.release(position);
  }

  /** Leaves the bytes where they are. */
  close(): void {
    this.file.close();
  }

  /** Deletes the bytes. */
  async remove(): Promise<void> {
    this.file.close();
    await this.backend.remove(this.recordingId);
  }

  private writeAll(bytes: Uint8Array<ArrayBuffer>): void {
    let written = 0;
    while (written < bytes.byteLength) {
      const count = this.file.write(bytes.subarray(written), this.sizeBytes + written);
      // A handle that takes nothing has no room: not every browser throws then.
      if (count === 0) throw new SpoolFullError();
      written += count;
    }
  }
}

function isQuotaExceeded(error: unknown): boolean {
  return error instanceof Error && ["QuotaExceededError", "SpoolFullError"].includes(error.name);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
