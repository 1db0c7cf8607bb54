import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findPostmaster } from "@/lib/db/embedded/postmaster";
import { startEmbeddedPostgres } from "@/lib/db/embedded-postgres";

const POLL_MS = 20;

/** A PostgreSQL of its own, as durable as in production, that can be killed and started again. */
export class KillablePostgres {
  private constructor(
    private readonly directory: string,
    readonly url: string,
  ) {}

  static async start(): Promise<KillablePostgres> {
    const directory = await mkdtemp(join(tmpdir(), "sortie-faults-postgres-"));
    const { url } = await startEmbeddedPostgres({ directory });
    return new KillablePostgres(directory, url);
  }

  /** With signal 9, and nothing told to its children. */
  async kill(): Promise<void> {
    const postmaster = await this.find();
    if (postmaster === undefined) return;
    process.kill(postmaster.pid, "SIGKILL");
    while ((await this.find())?.pid === postmaster.pid) await delay(POLL_MS);
  }

  /** At the same address. */
  async startAgain(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const { url } = await startEmbeddedPostgres({ directory: this.directory, environment });
    if (url !== this.url) throw new Error("Somebody took the database's port while it was away.");
  }

  async close(): Promise<void> {
    await (await startEmbeddedPostgres({ directory: this.directory })).stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  private find() {
    return findPostmaster(join(this.directory, "cluster"));
  }
}
