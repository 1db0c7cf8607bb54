import type { SpoolBackend, SpoolFile } from "./spool";

/** Keeps bytes in memory, for browsers without a private file system, such as private windows. */
export function createMemoryBackend(): SpoolBackend {
  return {
    keptIn: "memory",
    create: () => Promise.resolve(new MemoryFile()),
    remove: () => Promise.resolve(),
  };
}

class MemoryFile implements SpoolFile {
  private blocks: { readonly start: number; readonly bytes: Uint8Array<ArrayBuffer> }[] = [];

  /** The spool only ever appends, so blocks stay in order and never overlap. */
  write(bytes: Uint8Array<ArrayBuffer>, position: number): number {
    this.blocks.push({ start: position, bytes: bytes.slice() });
    return bytes.byteLength;
  }

  read(into: Uint8Array<ArrayBuffer>, position: number): number {
    let count = 0;
    for (const { start, bytes } of this.blocks) {
      const next = position + count;
      if (next < start || next >= start + bytes.byteLength) continue;
      const piece = bytes.subarray(next - start, next - start + into.byteLength - count);
      into.set(piece, count);
      count += piece.byteLength;
    }
    return count;
  }

  flush(): void {
    // Memory has nothing more durable to offer.
  }

  release(position: number): void {
    this.blocks = this.blocks.filter(({ start, bytes }) => start + bytes.byteLength > position);
  }

  close(): void {
    this.blocks = [];
  }
}
