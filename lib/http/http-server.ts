import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Config } from "@/lib/config/config";
import type { Logger } from "@/lib/logging/logger";
import { BODY_LENGTH_HEADER, restoreContentLength } from "./body-length";
import { stampClient } from "./client";
import { followRequest, type RequestObserver, UNOBSERVED } from "./follow-request";
import { withIncomingMessage } from "./incoming-message";
import { problemResponse } from "./problem";
import { secure } from "./security-headers";
import { tracedRequest } from "./traced-request";
import { refuseMalformed, requireSoundRequest } from "./sound-request";

interface ServerConfig extends Pick<Config, "publicUrl" | "trustedProxyCount"> {
  /** Where recordings are played from, if not only from here. */
  readonly mediaOrigin?: string | null;
  /** Where the frames of web apps come from; null where there are none. */
  readonly frameSource?: string | null;
}

/** Answers hosts of its own, with headers of its own. */
interface OtherHosts {
  isFor(request: IncomingMessage): boolean;
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

interface ServerOptions {
  readonly leftBodyMs?: number;
  readonly observer?: RequestObserver;
  readonly otherHosts?: OtherHosts;
  /** Once aborted, whoever is answered is to open another connection, which may lead to another server. */
  readonly stopping?: AbortSignal;
}

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What may arrive of a body while it is still being decided whether to take it. */
const READ_AHEAD_BYTES = 1024 * 1024;
/** How long the rest of a body that nobody reads may take after its request was answered. */
const LEFT_BODY_MS = 30_000;
/** What an answer that failed half-way may have said of a body that it did not write. */
const HEADERS_OF_A_BODY = [
  "content-type",
  "content-length",
  "content-encoding",
  BODY_LENGTH_HEADER,
];
/** How long an upload that is under way may go on after the server was told to stop. */
const DRAIN_MS = 4_000;
const LOOK_FOR_IDLE_MS = 100;

/**
 * Makes the server: every answer gets its headers here, whoever writes it, and what `handle` fails to
 * answer is answered here. Does not listen yet.
 */
export function createHttpServer(
  handle: Handle,
  config: ServerConfig,
  log: Logger,
  { leftBodyMs = LEFT_BODY_MS, observer = UNOBSERVED, otherHosts, stopping }: ServerOptions = {},
): Server {
  const { mediaOrigin = null, frameSource = null } = config;
  const https = config.publicUrl?.startsWith("https:") ?? false;
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    if (stopping?.aborted === true) response.shouldKeepAlive = false;
    stampClient(request, config);
    if (otherHosts?.isFor(request) === true) {
      closeUnlessRead(request, response, leftBodyMs);
      otherHosts
        .answer(request, response)
        .catch((error: unknown) => answerFailure(error, request, response, log));
      return;
    }
    followRequest(request, response, { log, observer });
    secure(request, response, { https, mediaOrigin, frameSource });
    restoreContentLength(response);
    closeUnlessRead(request, response, leftBodyMs);
    const work = async () => {
      requireSoundRequest(request);
      await handle(request, response);
    };
    tracedRequest(request, response, () => withIncomingMessage(request, work)).catch(
      (error: unknown) => answerFailure(error, request, response, log),
    );
  };
  // Node would refuse a missing `Host` and an odd `Expect` itself, without a word.
  const options = { highWaterMark: READ_AHEAD_BYTES, requireHostHeader: false };
  const server = createServer(options, answer).on("checkExpectation", answer);
  refuseMalformed(server);
  // A recording's upload may go on for as long as it likes; its bytes are watched for stalls instead.
  // Headers still have to come within Node's own limit.
  server.requestTimeout = 0;
  return server;
}

/** The last resort: what is thrown past every handler is logged, and its caller gets an answer. */
async function answerFailure(
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  log: Logger,
): Promise<void> {
  const requestId = String(request.headers["x-request-id"]);
  // Without the query, which may hold a secret.
  const route = `${request.method ?? ""} ${(request.url ?? "").split("?")[0] ?? ""}`;
  const problem = problemResponse(error, { requestId, route, log });
  if (response.headersSent) {
    // The caller must not take what it has for the whole.
    response.destroy();
    return;
  }
  for (const name of HEADERS_OF_A_BODY) response.removeHeader(name);
  response.writeHead(problem.status, Object.fromEntries(problem.headers));
  response.end(await problem.text());
}

/** A caller that was answered but goes on sending, or only pretends to, does not keep its connection. */
function closeUnlessRead(
  request: IncomingMessage,
  response: ServerResponse,
  leftBodyMs: number,
): void {
  response.once("finish", () => {
    if (request.complete) return;
    const cut = setTimeout(() => {
      // Once it has all come, the connection is another request's.
      if (!request.complete) request.socket.destroy();
    }, leftBodyMs);
    for (const event of ["end", "close"]) request.once(event, () => clearTimeout(cut));
    // Node reads on by itself only where nobody had begun to.
    request.resume();
  });
}

/** Resolves when the server takes connections. @throws Error naming the port when it is taken */
export async function listen(
  server: Server,
  { port, host }: Pick<Config, "port" | "host">,
): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? portTaken(port, error) : error);
    });
    server.listen(port, host, resolve);
  });
  return server.address() as AddressInfo;
}

function portTaken(port: number, cause: Error): Error {
  return new Error(`Port ${port} is taken. Stop what listens there, or set PORT to another.`, {
    cause,
  });
}

/** Takes no more connections, lets requests that are under way end, then cuts what is left. */
export async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // A connection whose request has just ended would wait for the next one.
  const idle = setInterval(() => server.closeIdleConnections(), LOOK_FOR_IDLE_MS);
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
