import { setTimeout as delay } from "node:timers/promises";
import { BuiltProcess, type LogEntry } from "@/tests/support/built-process";

const START_DEADLINE_MS = 60_000;
const RETRY_MS = 300;

/** One process of the product, with somebody who starts it again, as `npm start` and orchestrators do. */
export class ServerProcess {
  private readonly process: BuiltProcess;
  private readonly log: LogEntry[] = [];
  private isWanted = false;

  constructor(script: string, environment: Readonly<Record<string, string>>) {
    this.process = new BuiltProcess(script, environment, this.log);
  }

  get pid(): number {
    return this.process.pid;
  }

  /** What it said last, when it ended although nobody had killed it; null while all is well. */
  get lastWords(): string | null {
    if (!this.isWanted || this.process.isRunning) return null;
    return this.log
      .slice(-3)
      .map((entry) => JSON.stringify(entry))
      .join("\n");
  }

  /** Resolves when it serves; tries for as long as what it needs may be away. */
  async start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const deadline = performance.now() + START_DEADLINE_MS;
    for (;;) {
      this.log.length = 0;
      try {
        await this.process.start(environment);
        this.isWanted = true;
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await delay(RETRY_MS);
      }
    }
  }

  async kill(): Promise<void> {
    this.isWanted = false;
    await this.process.stop("SIGKILL");
  }

  async stop(): Promise<void> {
    this.isWanted = false;
    await this.process.stop("SIGTERM");
  }

  /** As a machine does that swaps, or is being moved: nothing runs, and no connection notices. */
  freeze(): void {
    process.kill(this.pid, "SIGSTOP");
  }

  thaw(): void {
    process.kill(this.pid, "SIGCONT");
  }
}
