import { type ChildProcessByStdio, spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { type Ending, READY_LINE } from "./desktop-script";
import { endLeftProcesses, isolate, type Isolation } from "./isolation";

/** How much of what the session's programs say is kept for the log. */
const KEPT_OUTPUT_CHARS = 4_096;
export const START_TIMEOUT_MS = 20_000;
/** How long the rest may take to follow the first process. */
const LINGER_MS = 2_000;
/** What a session is made of. */
export interface SessionProgram {
  readonly script: (ending: Ending) => string;
  /** The script's `$2`, `$3` …, after the session's id. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The name of the socket in `run` that leads to it. */
  readonly socket: string;
  /** What it says first on a new connection; null where it waits to be spoken to. */
  readonly greeting: string | null;
}

/** What an RFB server says first (RFC 6143, 7.1.1). */
export const RFB_GREETING = "RFB ";

export interface ProcessOptions {
  readonly sessionId: string;
  /** With the files of `writeSessionFiles`; owned by this object from now on. */
  readonly directory: string;
  /** What a viewer is asked for; empty where nothing is. */
  readonly password: string;
  readonly uid: number | undefined;
  readonly program: SessionProgram;
}

/** One running session: its processes, its socket and its files. */
export class SessionProcess {
  /** Resolves when the processes have ended, whatever ended them. */
  readonly exited: Promise<void>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #ending: Promise<void> | undefined;
  #output = "";
  #started = false;

  private constructor(
    readonly options: ProcessOptions,
    child: ChildProcessByStdio<Writable, Readable, Readable>,
  ) {
    this.#child = child;
    this.exited = new Promise((resolve) => {
      // Its pipes close when the last of its processes has gone, which is not waited for without end.
      child.once("close", () => resolve());
      child.once("exit", () => setTimeout(resolve, LINGER_MS).unref());
      child.once("error", () => resolve());
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#output = (this.#output + text).slice(-KEPT_OUTPUT_CHARS);
    });
    // Writing fails when the desktop is gone, which `exited` tells already.
    child.stdin.on("error", () => undefined);
  }

  static async spawn(isolation: Isolation, options: ProcessOptions): Promise<SessionProcess> {
    const { sessionId, directory, uid, program } = options;
    const { script, args, environment } = program;
    const command = await isolate(isolation, {
      ...{ script, args: [sessionId, ...args], directory, uid, environment },
    });
    // Detached: Ctrl-C in the server's terminal is for the server, which then ends its sessions.
    const child = spawn(command.program, command.args, {
      cwd: "/",
      env: command.env,
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    return new SessionProcess(options, child);
  }

  /** The last lines its programs wrote, for the log. */
  get lastOutput(): string {
    return this.#output;
  }

  /** Whether viewers can connect. */
  get isStarted(): boolean {
    return this.#started && !this.isEnding;
  }

  /** Whether somebody asked for the end. */
  get isEnding(): boolean {
    return this.#ending !== undefined;
  }

  /** Resolves when a viewer can connect. @throws Error when it ends or takes too long before that. */
  async untilReady(): Promise<void> {
    const timeout = AbortSignal.timeout(START_TIMEOUT_MS);
    await this.#untilReadyLine(timeout);
    const socket = await this.connect();
    const { greeting } = this.options.program;
    if (greeting === null) socket.destroy();
    else await untilGreeted(socket, greeting, timeout);
    this.#started = true;
  }

  /** Opens a connection to it. @throws Error */
  connect(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(join(this.options.directory, "run", this.options.program.socket));
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(socket);
      });
    });
  }

  /** Ends all processes and removes all files. May be called again, and after it ended by itself. */
  end(): Promise<void> {
    return (this.#ending ??= this.#end());
  }

  async #end(): Promise<void> {
    const { sessionId, directory, uid } = this.options;
    // The end of its standard input would do, but only as fast as the shell gets to run.
    this.#child.stdin.destroy();
    this.#child.kill("SIGKILL");
    await endLeftProcesses(sessionId, uid ?? 0);
    await this.exited;
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }

  #untilReadyLine(timeout: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error("The session took too long to start."));
      const settle = (act: () => void) => {
        timeout.removeEventListener("abort", late);
        act();
      };
      timeout.addEventListener("abort", late);
      void this.exited.then(() =>
        settle(() => reject(new Error("The session ended while it started."))),
      );
      this.#child.stdout.setEncoding("utf8").on("data", (text: string) => {
        if (text.includes(READY_LINE)) settle(resolve);
      });
    });
  }
}

function untilGreeted(socket: Socket, greeting: string, timeout: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (sentence: string) => {
      socket.destroy();
      reject(new Error(sentence));
    };
    timeout.addEventListener("abort", () => fail("The session took too long to answer."), {
      once: true,
    });
    // One that ends before it takes the connection resets it; `close` follows.
    socket.on("error", () => undefined);
    socket.once("close", () => fail("The session closed the connection."));
    socket.once("data", (said) => {
      if (!said.toString("latin1").startsWith(greeting)) {
        fail("The session does not speak as it should.");
        return;
      }
      socket.destroy();
      resolve();
    });
  });
}
