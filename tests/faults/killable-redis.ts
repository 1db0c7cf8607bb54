import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "@/lib/db/embedded/free-port";
import { requireCommand } from "@/tests/support/requirements";

const POLL_MS = 20;

/** A Redis that keeps nothing on disk: whoever kills it finds it empty when it is back. */
export class KillableRedis {
  private server: ChildProcess | undefined;

  private constructor(private readonly port: number) {}

  static async start(): Promise<KillableRedis> {
    const redis = new KillableRedis(await freePort());
    await redis.startAgain();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async kill(): Promise<void> {
    const { server } = this;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, "exit");
    server.kill("SIGKILL");
    await exited;
  }

  /** At the same address. Resolves when it takes connections. */
  async startAgain(): Promise<void> {
    const program = requireCommand("redis-server");
    if (program === null) throw new Error("redis-server is not installed.");
    const options = ["--port", String(this.port), "--bind", "127.0.0.1", "--save", ""];
    this.server = spawn(program, [...options, "--appendonly", "no"], { stdio: "ignore" });
    while (!(await this.isListening())) await delay(POLL_MS);
  }

  private async isListening(): Promise<boolean> {
    const socket = connect(this.port, "127.0.0.1");
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    socket.destroy();
    return isOpen;
  }
}
