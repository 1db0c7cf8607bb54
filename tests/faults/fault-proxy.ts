import { EventEmitter, once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** How a network can be. */
export type Weather =
  | { readonly kind: "clear" }
  /** Connections break, and none can be made. */
  | { readonly kind: "cut" }
  /** Connections stay, and nothing moves on them. */
  | { readonly kind: "stalled" }
  | { readonly kind: "slow"; readonly bytesPerSecond: number }
  /** What is sent arrives; the first byte of an answer breaks the connection. */
  | { readonly kind: "deaf" };

const CLEAR: Weather = { kind: "clear" };
/** Slow lines carry little at a time. */
const SLOW_PIECE_BYTES = 4 * 1024;

/** A line on loopback to one of several servers, taken in turn, that can be as bad as any network. */
export class FaultProxy {
  private weather: Weather = CLEAR;
  private readonly changed = new EventEmitter().setMaxListeners(0);
  private readonly sockets = new Set<Socket>();
  private turn = 0;

  private constructor(
    private readonly server: Server,
    private ports: readonly number[],
  ) {
    server.on("connection", (socket) => this.take(socket));
  }

  static async start(ports: readonly number[]): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: false });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new FaultProxy(server, ports);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on new connections lead to these ports. */
  lead(ports: readonly number[]): void {
    this.ports = ports;
  }

  become(weather: Weather): void {
    this.weather = weather;
    if (weather.kind === "cut") this.breakAll();
    this.changed.emit("change");
  }

  async close(): Promise<void> {
    this.become(CLEAR);
    this.breakAll();
    this.server.close();
    await once(this.server, "close");
  }

  private breakAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private take(near: Socket): void {
    const port = this.ports[this.turn++ % this.ports.length];
    if (this.weather.kind === "cut" || port === undefined) {
      near.destroy();
      return;
    }
    const far = connect(port, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      // What is wrong with one side, the other sees as a broken connection.
      from.on("error", () => undefined);
      from.on("close", () => {
        this.sockets.delete(from);
        to.end();
      });
      void this.carry(from, to, from === far);
    }
  }

  private async carry(from: Socket, to: Socket, isAnswer: boolean): Promise<void> {
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        for (const piece of this.pieces(chunk)) {
          await this.admit(piece.length);
          if (isAnswer && this.weather.kind === "deaf") from.destroy();
          if (!to.write(piece)) await once(to, "drain");
        }
      }
      to.end();
    } catch {
      to.destroy();
    }
  }

  private pieces(chunk: Buffer): Buffer[] {
    if (this.weather.kind !== "slow") return [chunk];
    return Array.from({ length: Math.ceil(chunk.length / SLOW_PIECE_BYTES) }, (_, index) =>
      chunk.subarray(index * SLOW_PIECE_BYTES, (index + 1) * SLOW_PIECE_BYTES),
    );
  }

  private async admit(sizeBytes: number): Promise<void> {
    while (this.weather.kind === "stalled") await once(this.changed, "change");
    if (this.weather.kind === "slow") {
      await delay((sizeBytes / this.weather.bytesPerSecond) * 1000);
    }
  }
}
