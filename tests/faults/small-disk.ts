import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, statfs } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The product refuses new recordings when less than 256 MiB are free, until there are 320 again. */
const ROOMY = "1g";
const PAGE_KIB = 4;
const FILL_ATTEMPTS = 50;

/** A disk in memory that can be made full, and roomy again. Mounting needs root. */
export class SmallDisk {
  private constructor(private readonly directory: string) {}

  /** Null where nothing may be mounted. */
  static async mount(directory: string): Promise<SmallDisk | null> {
    await mkdir(directory, { recursive: true });
    try {
      await run("mount", ["-t", "tmpfs", "-o", `size=${ROOMY}`, "tmpfs", directory]);
    } catch {
      return null;
    }
    return new SmallDisk(directory);
  }

  /** Leaves so little room that the next few bytes do not fit. */
  async fill(): Promise<void> {
    for (let left = FILL_ATTEMPTS; ; left -= 1) {
      try {
        await this.resize(`${await this.usedKib()}k`);
        return;
      } catch (error) {
        // Somebody wrote meanwhile: a disk cannot be made smaller than what is on it.
        if (left === 0) throw error;
      }
    }
  }

  async makeRoom(): Promise<void> {
    await this.resize(ROOMY);
  }

  async unmount(): Promise<void> {
    await run("umount", ["--lazy", this.directory]);
  }

  private async usedKib(): Promise<number> {
    const { blocks, bfree, bsize } = await statfs(this.directory);
    return Math.ceil(((blocks - bfree) * bsize) / 1024) + PAGE_KIB;
  }

  private async resize(size: string): Promise<void> {
    await run("mount", ["-o", `remount,size=${size}`, this.directory]);
  }
}

/** Whether this process may mount a file system, as far as can be told without doing it. */
export function canMount(): boolean {
  const CAP_SYS_ADMIN = 21n;
  const [, mask = "0"] = /^CapEff:\s*(\S+)/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return ((BigInt(`0x${mask}`) >> CAP_SYS_ADMIN) & 1n) === 1n;
}
