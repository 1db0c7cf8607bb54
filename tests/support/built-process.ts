import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { inTime } from "@/lib/errors/in-time";

export type LogEntry = Readonly<Record<string, unknown>> & { readonly msg: string };

/** More than the processes allow themselves for stopping. */
const STOP_TIMEOUT_MS = 15_000;

/** One process of the product that `npm run build` made, as operators run it. */
export class BuiltProcess {
  private child: ChildProcess | undefined;

  /** `around` is a command to be put before; what the process writes is added to `log`. */
  constructor(
    readonly script: string,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly log: LogEntry[],
    private readonly around: readonly string[] = [],
  ) {}

  get isRunning(): boolean {
    const { child } = this;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  get pid(): number {
    if (this.child?.pid === undefined) throw new Error(`${this.script} does not run.`);
    return this.child.pid;
  }

  /**
   * Resolves when the process serves. `environment` wins over its own for this time.
   * @throws Error with what it logged when it ends instead
   */
  async start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const command = [...this.around, process.execPath, "--enable-source-maps", this.script];
    const [program = "", ...words] = command;
    const child = spawn(program, words, {
      env: { ...process.env, ...this.environment, ...environment, NODE_ENV: "production" },
      // Through the channel it learns that the test is gone, and ends.
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) => this.log.push(parseLine(line)));
    }
    const ended = once(child, "exit").then(() => {
      const said = this.log.map((entry) => JSON.stringify(entry)).join("\n");
      throw new Error(`${this.script} ended before it served:\n${said}`);
    });
    // Only the first of both matters; it ends some day in any case.
    ended.catch(() => undefined);
    await Promise.race([once(child, "message"), ended]);
  }

  /**
   * Resolves when it is gone.
   * @throws Error when it would not go: it was killed then
   */
  async stop(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child === undefined || !this.isRunning) return;
    const exited = once(child, "exit");
    child.kill(signal);
    const late = `${this.script} did not end within ${STOP_TIMEOUT_MS / 1000} s of ${signal}.`;
    try {
      await inTime(exited, STOP_TIMEOUT_MS, () => new Error(late));
    } catch (error) {
      child.kill("SIGKILL");
      await exited;
      throw error;
    }
  }
}

function parseLine(line: string): LogEntry {
  try {
    return JSON.parse(line) as LogEntry;
  } catch {
    return { msg: line };
  }
}
