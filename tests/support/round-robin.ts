import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { type Duplex, pipeline } from "node:stream";
import { listen } from "@/lib/http/http-server";

export interface RoundRobin {
  readonly url: string;
  /** Requests that each server got. */
  readonly counts: readonly number[];
  /** The place in the list of the server that each WebSocket was joined to, in their order. */
  readonly joined: readonly number[];
  close(): void;
}

interface RoundRobinOptions {
  /** Asked of each server again and again; one that does not answer 200 gets no requests. Without it all do. */
  readonly probe?: string;
}

const PROBE_EVERY_MS = 200;

/** A proxy as operators put in front of several servers: each request goes to the next one. */
export async function roundRobin(
  origins: readonly string[],
  { probe }: RoundRobinOptions = {},
): Promise<RoundRobin> {
  const counts = origins.map(() => 0);
  const isUp = origins.map(() => true);
  let turn = 0;
  const next = () => {
    for (let tries = 0; tries < origins.length; tries += 1) {
      const index = turn++ % origins.length;
      if (isUp[index] === true) return index;
    }
    return null;
  };
  const server = createServer((incoming, outgoing) => {
    const index = next();
    if (index === null) {
      refuse(outgoing);
      return;
    }
    counts[index] = (counts[index] ?? 0) + 1;
    const { method, headers, url = "/" } = incoming;
    // A connection of its own for each: one that is kept may be closed just as it is used again.
    const options = { method, headers, agent: false };
    const forwarded = request(new URL(url, origins[index]), options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, outgoing, () => undefined);
    });
    pipeline(incoming, forwarded, (error) => {
      if (error) outgoing.destroy();
    });
  });
  const open = new Set<Duplex>();
  const joined: number[] = [];
  server.on("upgrade", (incoming, socket, head) => {
    const index = next();
    if (index === null) {
      socket.end("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    const upstream = join(incoming, socket, head, origins[index] ?? "");
    upstream.once("data", (data: Buffer) => {
      if (data.toString("latin1").startsWith("HTTP/1.1 101")) joined.push(index);
    });
  });
  const { port } = await listen(server, { port: 0, host: "127.0.0.1" });
  const look = async () => {
    const found = await Promise.all(origins.map((origin) => isReady(`${origin}${probe ?? ""}`)));
    found.forEach((ready, index) => (isUp[index] = ready));
  };
  const probing = probe === undefined ? undefined : setInterval(() => void look(), PROBE_EVERY_MS);
  const close = () => {
    clearInterval(probing);
    server.close();
    server.closeAllConnections();
    for (const socket of open) socket.destroy();
  };
  return { url: `http://127.0.0.1:${port}`, counts, joined, close };
}

/** Passes an upgrade on as it came, and everything after it in both directions. */
function join(incoming: IncomingMessage, socket: Duplex, head: Buffer, origin: string): Duplex {
  const { hostname, port } = new URL(origin);
  const upstream = connect(Number(port), hostname);
  const lines = [`${incoming.method ?? "GET"} ${incoming.url ?? "/"} HTTP/1.1`];
  for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
    lines.push(`${incoming.rawHeaders[index] ?? ""}: ${incoming.rawHeaders[index + 1] ?? ""}`);
  }
  upstream.write(`${lines.join("\r\n")}\r\n\r\n`);
  upstream.write(head);
  pipeline(socket, upstream, () => undefined);
  pipeline(upstream, socket, () => undefined);
  return upstream;
}

function refuse(outgoing: ServerResponse): void {
  outgoing.writeHead(503, { "retry-after": "1" }).end();
}

async function isReady(url: string): Promise<boolean> {
  return await fetch(url).then(
    ({ status }) => status === 200,
    () => false,
  );
}
