import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";
import { expect } from "vitest";
import { HTTP_STATUS_BY_CODE } from "@/lib/errors/app-error";

/** Far more than any answer takes, on a busy machine. */
const ANSWER_WITHIN_MS = 30_000;

const CONNECTIONS = 4;

const STALE = new Error("the connection was closed before it was used again");

export interface WireRequest {
  readonly method: string;
  readonly path: string;
  /** In order; a name may come more than once. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: Uint8Array | undefined;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends what `fetch` would refuse to send, over few connections that stay open. */
export class HostileClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  private readonly url: URL;

  constructor(url: string) {
    this.url = new URL(url);
  }

  /** @throws Error when there is no whole answer in good time */
  async ask(asked: WireRequest): Promise<WireAnswer> {
    for (let staleOnes = 0; ; staleOnes += 1) {
      try {
        return await this.askOnce(asked);
      } catch (error) {
        // The server may close connections that were idle just as they are used again: all of them, at worst.
        if (error !== STALE || staleOnes >= CONNECTIONS) throw error;
      }
    }
  }

  private async askOnce({ method, path, headers, body }: WireRequest): Promise<WireAnswer> {
    const named = new Set(headers.map(([name]) => name.toLowerCase()));
    const framing: [string, string][] = [];
    if (!named.has("host")) framing.push(["host", this.url.host]);
    if (body !== undefined) framing.push(["content-length", String(body.byteLength)]);
    return new Promise((resolve, reject) => {
      const { hostname: host, port } = this.url;
      const flat = [...framing, ...headers].flat();
      const asking = request(
        // Its types know headers as an object only; as a list they are sent as they are.
        { agent: this.agent, host, port, method, path, setHost: false, headers: flat as never },
        (message) => {
          const { statusCode: status = 0, headers: answered } = message;
          buffer(message).then(
            (bytes) => resolve({ status, headers: answered, body: bytes }),
            reject,
          );
        },
      );
      asking.setTimeout(ANSWER_WITHIN_MS, () => asking.destroy(new Error("no answer in time")));
      asking.on("error", (error: NodeJS.ErrnoException) => {
        const wasClosed = error.code === "ECONNRESET" || error.code === "EPIPE";
        reject(asking.reusedSocket && wasClosed ? STALE : error);
      });
      asking.end(body);
    });
  }

  /**
   * Sends bytes as they are over a connection of their own, and hangs up in the way named. Returns all
   * that came back, as text. @throws Error when the server neither answers nor hangs up in good time
   */
  async send(parts: readonly (string | Uint8Array)[], end: "close" | "reset" | "wait") {
    const { hostname: host, port } = this.url;
    const socket = connect({ host, port: Number(port), allowHalfOpen: true });
    const received: Buffer[] = [];
    return new Promise<string>((resolve, reject) => {
      const done = () => resolve(Buffer.concat(received).toString("latin1"));
      socket.setTimeout(ANSWER_WITHIN_MS, () => {
        socket.destroy();
        reject(new Error("the connection stayed open without an answer"));
      });
      socket.on("data", (bytes: Buffer) => received.push(bytes));
      socket.on("end", () => socket.end());
      socket.on("error", done);
      socket.on("close", done);
      socket.on("connect", () => {
        for (const part of parts) socket.write(part);
        if (end === "close") socket.end();
        else if (end === "reset") socket.write("", () => socket.resetAndDestroy());
      });
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** What every answer must be: no fault of ours, and where it refuses, in words. */
export function expectSound(asked: WireRequest, answer: WireAnswer): void {
  const { status, headers, body } = answer;
  const said = `${asked.method} ${asked.path}: ${status} ${body.toString().slice(0, 300)}`;
  expect(status, said).toBeLessThan(500);
  if (status < 400 || asked.method === "HEAD" || !isForApi(asked.path)) return;
  expect(headers["content-type"], said).toMatch(/^application\/json/);
  const { error } = JSON.parse(body.toString()) as { error: Record<string, string> };
  expect(HTTP_STATUS_BY_CODE, said).toHaveProperty(error["code"] ?? "", status);
  expect(error["message"], said).toMatch(/^\p{Lu}.*[.!?]$/su);
  expect(error["request_id"], said).toBe(headers["x-request-id"]);
}

/** Anything else is a page's address. */
function isForApi(path: string): boolean {
  const { pathname } = new URL(`http://host${path}`);
  return /^\/(api(\/.*)?|healthz|readyz)$/.test(pathname);
}
