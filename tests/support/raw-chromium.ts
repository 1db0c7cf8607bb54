import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";
import { CHROMIUM_FLAGS } from "./captures";

/** A tab driven over the DevTools protocol alone. */
export interface RawTab {
  /** The value of an expression in the page; promises are awaited. */
  evaluate<T>(expression: string): Promise<T>;
  send<T>(method: string, params?: object): Promise<T>;
  close(): Promise<void>;
}

/**
 * Chromium as a user runs it. Playwright makes every page believe that it is visible and focused; here a tab
 * behind another is hidden, and the process can be killed.
 */
export class RawChromium {
  private readonly pending = new Map<number, (answer: CdpAnswer) => void>();
  private lastId = 0;

  private constructor(
    private readonly process: ChildProcess,
    private readonly socket: WebSocket,
  ) {
    socket.on("message", (data: Buffer) => {
      const answer = JSON.parse(data.toString()) as CdpAnswer;
      this.pending.get(answer.id)?.(answer);
    });
  }

  static async launch(executablePath: string, profile: string): Promise<RawChromium> {
    const flags = ["--headless", "--remote-debugging-port=0", `--user-data-dir=${profile}`];
    const child = spawn(executablePath, [...flags, ...CHROMIUM_FLAGS, "about:blank"], {
      stdio: ["ignore", "ignore", "pipe"],
      // A process group of its own, so that all of the browser's processes can be killed at once.
      detached: true,
    });
    const address = await devtoolsAddress(child);
    const socket = new WebSocket(address, { perMessageDeflate: false });
    await once(socket, "open");
    return new RawChromium(child, socket);
  }

  /** Opens a tab in front of the others, which become hidden. */
  async open(url: string): Promise<RawTab> {
    const { targetId } = await this.call<{ targetId: string }>("Target.createTarget", { url });
    const { sessionId } = await this.call<{ sessionId: string }>("Target.attachToTarget", {
      targetId,
      flatten: true,
    });
    const send = <T>(method: string, params: object = {}) =>
      this.call<T>(method, params, sessionId);
    const close = async () => {
      await this.call("Target.closeTarget", { targetId });
    };
    return { send, close, evaluate: (expression) => evaluate(send, expression) };
  }

  /** Every process of the browser, at once, with no chance to write anything. */
  async kill(): Promise<void> {
    this.socket.terminate();
    const { exitCode, signalCode, pid } = this.process;
    if (exitCode !== null || signalCode !== null || pid === undefined) return;
    const exited = once(this.process, "exit");
    process.kill(-pid, "SIGKILL");
    await exited;
  }

  private async call<T>(method: string, params: object, sessionId?: string): Promise<T> {
    const id = ++this.lastId;
    const answer = await new Promise<CdpAnswer>((resolve) => {
      this.pending.set(id, resolve);
      this.socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
    this.pending.delete(id);
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result as T;
  }
}

interface CdpAnswer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Evaluated<T> {
  readonly result: { readonly value: T };
  readonly exceptionDetails?: {
    readonly text: string;
    readonly exception?: { description?: string };
  };
}

async function evaluate<T>(send: RawTab["send"], expression: string): Promise<T> {
  const options = { expression, awaitPromise: true, returnByValue: true };
  const { result, exceptionDetails } = await send<Evaluated<T>>("Runtime.evaluate", options);
  if (exceptionDetails !== undefined) {
    throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  }
  return result.value;
}

async function devtoolsAddress(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error("no stderr to read the address from");
  for await (const line of createInterface({ input: child.stderr })) {
    const [, address] = /DevTools listening on (ws:\S+)/.exec(line) ?? [];
    if (address !== undefined) {
      child.stderr.resume();
      return address;
    }
  }
  throw new Error("Chromium ended before it listened.");
}
