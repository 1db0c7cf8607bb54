import { describe, expect, it } from "vitest";
import { createMemoryBackend } from "./memory-backend";
import { Spool, type SpoolBackend, type SpoolFile, SpoolFullError } from "./spool";
import type { SpoolLabel } from "./spool-label";

const label: SpoolLabel = {
  recordingId: "0f3ce0a4-30f7-4a2b-a5c4-6a1c6de6f1b2",
  userId: "0b7c2d1e-5a4f-4e1b-8c3d-2f6a9e8d7c15",
  sessionId: "a2b7d4b0-6f0d-4c66-8b8e-6f1b2c3d4e5f",
  appName: "Desktop",
  uploadUrl: "https://sortie.example.org/api/recordings/1/upload",
  mimeType: "video/webm;codecs=vp9",
  createdAt: "2026-11-21T07:00:00.000Z",
};

/** A disk of a fixed size whose handle takes at most a few bytes at once, as a handle may. */
class SmallDisk implements SpoolFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly log: string[] = [];

  constructor(
    sizeBytes: number,
    private readonly bytesAtOnce: number,
    private readonly whenFull: "throws" | "takes nothing",
  ) {
    this.bytes = new Uint8Array(sizeBytes);
  }

  write(bytes: Uint8Array<ArrayBuffer>, position: number): number {
    const room = Math.min(this.bytesAtOnce, this.bytes.byteLength - position);
    if (room <= 0 && this.whenFull === "throws") {
      throw Object.assign(new Error("full"), { name: "QuotaExceededError" });
    }
    const taken = bytes.subarray(0, Math.max(0, room));
    this.bytes.set(taken, position);
    this.log.push("write");
    return taken.byteLength;
  }

  read(into: Uint8Array<ArrayBuffer>, position: number): number {
    const found = this.bytes.subarray(position, position + into.byteLength);
    into.set(found);
    return found.byteLength;
  }

  flush(): void {
    this.log.push("flush");
  }

  release(): void {
    this.log.push("release");
  }

  close(): void {
    this.log.push("close");
  }
}

function onDisk(disk: SmallDisk): SpoolBackend {
  return {
    keptIn: "disk",
    create: () => Promise.resolve(disk),
    remove: () => Promise.resolve(void disk.log.push("remove")),
  };
}

const bytes = (...values: number[]) => new Uint8Array(values);

describe("the spool", () => {
  it("writes a chunk whole and flushes it before it says so", async () => {
    const disk = new SmallDisk(100, 3, "throws");
    const spool = await Spool.create(onDisk(disk), label);
    expect(spool.append(bytes(1, 2, 3, 4, 5, 6, 7))).toBe(7);
    expect(disk.log).toEqual(["write", "write", "write", "flush"]);
    expect(spool.append(bytes(8))).toBe(8);
    expect(spool.read(2, 6)).toEqual(bytes(3, 4, 5, 6, 7, 8));
  });

  it.each(["throws", "takes nothing"] as const)(
    "says that the browser has no room when its disk %s, and leaves no gap after it",
    async (whenFull) => {
      const disk = new SmallDisk(4, 10, whenFull);
      const spool = await Spool.create(onDisk(disk), label);
      spool.append(bytes(1, 2, 3));
      expect(() => spool.append(bytes(4, 5))).toThrow(SpoolFullError);
      expect(() => spool.append(bytes(6))).toThrow(/no room/);
      expect(spool.read(0, 3)).toEqual(bytes(1, 2, 3));
      expect(() => spool.read(0, 4)).toThrow(RangeError);
    },
  );

  it("deletes its bytes only when told to", async () => {
    const disk = new SmallDisk(100, 100, "throws");
    const spool = await Spool.create(onDisk(disk), label);
    spool.append(bytes(1));
    spool.close();
    expect(disk.log).not.toContain("remove");
    await spool.remove();
    expect(disk.log.at(-1)).toBe("remove");
  });
});

describe("the spool in memory", () => {
  it("reads any range over any chunks", async () => {
    const spool = await Spool.create(createMemoryBackend(), label);
    expect(spool.keptIn).toBe("memory");
    spool.append(bytes(0, 1, 2));
    spool.append(bytes(3));
    spool.append(bytes(4, 5, 6, 7));
    for (let from = 0; from <= 8; from += 1) {
      for (let to = from; to <= 8; to += 1) {
        const expected = Array.from({ length: to - from }, (_, index) => from + index);
        expect([...spool.read(from, to - from)]).toEqual(expected);
      }
    }
  });

  it("lets go of what is safe on the server and keeps the rest", async () => {
    const spool = await Spool.create(createMemoryBackend(), label);
    spool.append(bytes(0, 1, 2));
    spool.append(bytes(3, 4, 5));
    spool.release(4);
    expect(spool.read(4, 2)).toEqual(bytes(4, 5));
    expect(() => spool.read(0, 3)).toThrow(RangeError);
  });

  it("does not change with the buffer that a chunk came in", async () => {
    const spool = await Spool.create(createMemoryBackend(), label);
    const chunk = bytes(1, 2);
    spool.append(chunk);
    chunk.fill(9);
    expect(spool.read(0, 2)).toEqual(bytes(1, 2));
  });
});
