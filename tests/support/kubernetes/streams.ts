import { spawn as spawnPlain } from "node:child_process";
import { connect } from "node:net";
import { type IPty, spawn } from "@lydell/node-pty";
import type { WebSocket } from "ws";
import { WebSocketServer } from "ws";
import { type ApiRequest, type ApiServerOptions } from "./api-server";
import type { StoredPod } from "./object-store";

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const RESIZE = 4;
const CLOSE = 255;

/**
 * The streams of pods over WebSockets: `exec` as v5.channel.k8s.io with a real shell behind it, and
 * `portforward` as v4.channel.k8s.io with a real connection behind it. Any other subprotocol is
 * refused, as by an API server since 1.30.
 */
export class PodStreams {
  /** Every message that came from a client, as it was on the wire. */
  readonly received: Buffer[] = [];
  readonly #exec = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => offered.has("v5.channel.k8s.io") && "v5.channel.k8s.io",
  });
  readonly #forward = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => offered.has("v4.channel.k8s.io") && "v4.channel.k8s.io",
  });
  readonly #open = new Set<WebSocket>();

  /** Whether a program waits because its viewer does not take what it has written. */
  isHeldBack = false;

  /** Set to refuse version 5, as older servers do. */
  isOld = false;

  readonly onStream: ApiServerOptions["onStream"] = (asked, pod, { request, socket, head }) => {
    const isExec = asked.resource === "pods/exec";
    const offered = request.headers["sec-websocket-protocol"] ?? "";
    const isRefused = isExec && (this.isOld || !offered.includes("v5.channel.k8s.io"));
    if (isRefused) {
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return;
    }
    const server = isExec ? this.#exec : this.#forward;
    server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#open.add(webSocket);
      webSocket.once("close", () => this.#open.delete(webSocket));
      webSocket.on("message", (data: Buffer) => this.received.push(data));
      if (!isExec) forward(webSocket, asked, pod);
      else if (asked.query.get("tty") === "true")
        execInTerminal(webSocket, asked, (isHeldBack) => (this.isHeldBack = isHeldBack));
      else execPlain(webSocket, asked);
    });
  };

  get openCount(): number {
    return this.#open.size;
  }

  /** Cuts all of them, as a network does. */
  breakAll(): void {
    for (const webSocket of this.#open) webSocket.terminate();
  }
}

function framed(channel: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([channel]), bytes]);
}

function execInTerminal(
  webSocket: WebSocket,
  { query }: ApiRequest,
  onHeldBack: (isHeldBack: boolean) => void,
): void {
  const [program = "sh", ...args] = query.getAll("command");
  // Tells the client that the connection is there.
  webSocket.send(framed(STDOUT, Buffer.alloc(0)));
  const pty = spawn(program, args, {
    encoding: null,
    env: { PATH: process.env["PATH"], TERM: "xterm" },
  });
  pty.onData((data) => {
    webSocket.send(framed(STDOUT, data as unknown as Buffer), () => {
      if (webSocket.bufferedAmount > 256 * 1024) return;
      onHeldBack(false);
      pty.resume();
    });
    if (webSocket.bufferedAmount < 1024 * 1024) return;
    onHeldBack(true);
    pty.pause();
  });
  pty.onExit(({ exitCode }) => finish(webSocket, exitCode));
  webSocket.on("message", (message: Buffer) => {
    const bytes = message.subarray(1);
    if (message[0] === STDIN) pty.write(bytes as unknown as string);
    if (message[0] === RESIZE) {
      const { Width, Height } = JSON.parse(bytes.toString()) as { Width: number; Height: number };
      resizeUnlessOver(pty, Width, Height);
    }
    // A terminal has no end of input of its own: what is typed for it is Ctrl-D.
    if (message[0] === CLOSE && bytes[0] === STDIN) pty.write("\u0004");
  });
  // What a runtime leaves running when its client goes is left running here, too.
}

/** A size may arrive when the command has ended and its terminal is gone: as at a kubelet, it is dropped. */
function resizeUnlessOver(pty: IPty, columns: number, rows: number): void {
  try {
    pty.resize(columns, rows);
  } catch (error) {
    if (!String(error).includes("EBADF")) throw error;
  }
}

function execPlain(webSocket: WebSocket, { query }: ApiRequest): void {
  const [program = "sh", ...args] = query.getAll("command");
  webSocket.send(framed(STDOUT, Buffer.alloc(0)));
  const child = spawnPlain(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.on("data", (data: Buffer) => webSocket.send(framed(STDOUT, data)));
  child.stderr.on("data", (data: Buffer) => webSocket.send(framed(STDERR, data)));
  child.once("close", (code) => finish(webSocket, code ?? 137));
}

/** The Status object that a kubelet sends when a command has ended. */
function finish(webSocket: WebSocket, code: number): void {
  const failure = {
    metadata: {},
    status: "Failure",
    message: `command terminated with non-zero exit code: exit status ${code}`,
    reason: "NonZeroExitCode",
    details: { causes: [{ reason: "ExitCode", message: String(code) }] },
  };
  const status = code === 0 ? { metadata: {}, status: "Success" } : failure;
  webSocket.send(framed(STATUS, Buffer.from(JSON.stringify(status))), () => webSocket.close(1000));
}

function forward(webSocket: WebSocket, { query }: ApiRequest, pod: StoredPod): void {
  const port = Number(query.get("ports"));
  const portBytes = Buffer.from([port & 0xff, port >> 8]);
  webSocket.send(framed(0, portBytes));
  webSocket.send(framed(1, portBytes));
  const socket = connect(port, pod.status?.podIP);
  socket.on("data", (data) => {
    webSocket.send(framed(0, data), () => socket.resume());
    if (webSocket.bufferedAmount > 1024 * 1024) socket.pause();
  });
  socket.on("error", (error) => {
    const words = `error forwarding port ${port} to pod ${pod.metadata.name}, uid : ${error.message}`;
    webSocket.send(framed(1, Buffer.from(words)));
  });
  socket.once("close", () => webSocket.close(1000));
  webSocket.on("message", (message: Buffer) => {
    if (message[0] === 0) socket.write(message.subarray(1));
  });
  webSocket.once("close", () => socket.destroy());
}
