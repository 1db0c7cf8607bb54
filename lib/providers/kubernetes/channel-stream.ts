import { Duplex } from "node:stream";
import type { WebSocket } from "ws";

/** A live connection is asked for a sign of life this often, and given up when two in a row go unanswered. */
const PING_EVERY_MS = 20_000;

export interface ChannelRules {
  /** The channel that written bytes go to. */
  readonly writeTo: number;
  /** What of a channel's message is to be read from the stream; null: nothing. */
  readonly receive: (channel: number, bytes: Buffer) => Buffer | null;
  /** Says that nothing more will be written; null where the protocol has no word for it. */
  readonly farewell: Buffer | null;
  /** The connection has ended, in order or not. */
  readonly onClose: () => void;
}

/**
 * A pod's stream as a Duplex. On the wire every message is one byte, the channel's number, and its
 * bytes (Kubernetes, `*.channel.k8s.io`). Whoever reads slowly stops the server from sending.
 */
export class ChannelStream extends Duplex {
  #answered = true;
  readonly #pings: NodeJS.Timeout;

  constructor(
    private readonly webSocket: WebSocket,
    private readonly rules: ChannelRules,
  ) {
    super();
    webSocket.on("message", (data) => this.#take(data));
    webSocket.on("error", (error) => this.destroy(error));
    webSocket.once("close", () => this.#closed());
    webSocket.on("pong", () => {
      this.#answered = true;
    });
    this.#pings = setInterval(() => this.#checkAlive(), PING_EVERY_MS);
    // What ended while nobody listened will not say so again.
    if (webSocket.readyState === webSocket.CLOSED) queueMicrotask(() => this.#closed());
  }

  /** Sends a message on another channel. */
  send(channel: number, bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.webSocket.send(framed(channel, bytes), (error) => (error ? reject(error) : resolve()));
    });
  }

  override _read(): void {
    this.webSocket.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void) {
    this.webSocket.send(framed(this.rules.writeTo, bytes), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.rules.farewell === null) {
      this.webSocket.close(1000);
      done();
      return;
    }
    this.webSocket.send(this.rules.farewell, done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearInterval(this.#pings);
    this.webSocket.terminate();
    done(error);
  }

  #take(data: unknown): void {
    if (!Buffer.isBuffer(data) || data.length === 0) return;
    const bytes = this.rules.receive(data[0] ?? 0, data.subarray(1));
    if (bytes === null || bytes.length === 0) return;
    if (!this.push(bytes)) this.webSocket.pause();
  }

  #closed(): void {
    clearInterval(this.#pings);
    this.rules.onClose();
    this.push(null);
    // Once what came is read, nobody is left to write to.
    this.once("end", () => this.destroy());
  }

  #checkAlive(): void {
    if (!this.#answered && !this.webSocket.isPaused) {
      this.destroy(new Error("The connection to the pod has died."));
      return;
    }
    this.#answered = false;
    this.webSocket.ping();
  }
}

function framed(channel: number, bytes: Uint8Array): Buffer {
  const message = Buffer.allocUnsafe(bytes.length + 1);
  message[0] = channel;
  message.set(bytes, 1);
  return message;
}
