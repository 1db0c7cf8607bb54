import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { Environment } from "./environment";
import { readable } from "./log-lines";

export interface ProcessSpec {
  readonly name: string;
  /** The file that Node runs. */
  readonly script: string;
  readonly environment: Environment;
  readonly logFile: string;
  readonly print: (line: string) => void;
  /** Called whenever the process that does the work is another one. */
  readonly onPid: (pid: number | undefined) => void;
}

/** What a process says over its channel once it serves. */
export interface Ready {
  readonly port?: number;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** After running this long a crash counts as the first again. */
const SETTLED_MS = 60_000;
/** More than the process itself allows for stopping in order. */
const STOP_TIMEOUT_MS = 12_000;

/** One attempt to run the process. */
interface Run {
  /** What it says once it serves; never settles when it does not come to that. */
  readonly ready: Promise<Ready>;
  /** How it came to its end, in a few words; also when the system could not even start it. */
  readonly ended: Promise<string>;
}

/** Keeps one process running: starts it again when it crashes, waiting longer each time, and says so. */
export class SupervisedProcess {
  private child: ChildProcess | undefined;
  private readonly stopping = new AbortController();
  private readonly log: WriteStream;
  private pauseMs = FIRST_PAUSE_MS;

  constructor(private readonly spec: ProcessSpec) {
    this.log = createWriteStream(spec.logFile, { flags: "a", mode: 0o600 });
    // A full disk costs the log, not the product.
    this.log.once("error", (error) => {
      spec.print(`${spec.name}  its log is not kept any more: ${error.message}`);
    });
  }

  /** Resolves when the process serves. @throws Error when it ends before it ever did. */
  async start(): Promise<Ready> {
    const run = this.spawn();
    const ready = await Promise.race([run.ready, run.ended]);
    if (typeof ready === "string") {
      throw new Error(
        `${this.spec.name} could not start (${ready}). What it said is above and in ${this.spec.logFile}.`,
      );
    }
    void this.keepRunning(run);
    return ready;
  }

  /** Ends the process in order, by force when it takes too long. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const { child } = this;
    if (child !== undefined && isRunning(child)) {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      const force = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      await gone;
      clearTimeout(force);
    }
    this.log.end();
  }

  /** Ends the process at once. */
  kill(): void {
    this.stopping.abort();
    this.child?.kill("SIGKILL");
  }

  private spawn(): Run {
    try {
      return this.spawnChild();
    } catch (error) {
      // Some reasons are thrown, others told as an event.
      return { ready: new Promise(() => undefined), ended: Promise.resolve(reasonOf(error)) };
    }
  }

  private spawnChild(): Run {
    const child = spawn(process.execPath, ["--enable-source-maps", this.spec.script], {
      env: this.spec.environment as NodeJS.ProcessEnv,
      // The channel tells it when we are gone. A group of its own: Ctrl-C must reach it through us, in order.
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      detached: true,
    });
    this.child = child;
    const { name, print } = this.spec;
    forEachLine(child.stdout, (line) => {
      this.write(line);
      const text = readable(name, line);
      if (text !== null) print(text);
    });
    // Nobody writes there unless something is wrong.
    forEachLine(child.stderr, (line) => {
      this.write(line);
      if (line.trim() !== "") print(`${name}  ${line}`);
    });
    this.spec.onPid(child.pid);
    return { ready: firstMessage(child), ended: endOf(child) };
  }

  private write(line: string): void {
    if (!this.log.writableEnded) this.log.write(`${line}\n`);
  }

  private async keepRunning(first: Run): Promise<void> {
    for (let run = first; ; run = this.spawn()) {
      const startedAt = Date.now();
      const how = await run.ended;
      if (this.isStopping()) return;
      if (Date.now() - startedAt > SETTLED_MS) this.pauseMs = FIRST_PAUSE_MS;
      const pause = `${this.pauseMs / 1000} s`;
      this.spec.print(`${this.spec.name}  stopped (${how}); starting it again in ${pause}`);
      await delay(this.pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.isStopping()) return;
      this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }
}

function forEachLine(stream: Readable | null, use: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on("line", use);
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/** Resolves with how the process came to its end, in a few words. */
async function endOf(child: ChildProcess): Promise<string> {
  return await new Promise((resolve) => {
    child.on("error", (error) => {
      // Others, such as a signal that could not be sent, end nothing.
      if (child.pid === undefined) resolve(reasonOf(error));
    });
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${String(code)}`));
  });
}

async function firstMessage(child: ChildProcess): Promise<Ready> {
  return await new Promise((resolve) => {
    child.once("message", (message) => resolve(message as Ready));
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
