import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { ACCESS_BY_ROUTE } from "@/lib/auth/route-permissions";
import { AppError, HTTP_STATUS_BY_CODE } from "@/lib/errors/app-error";

/** What answers whatever has no route of its own. */
const CATCH_ALL = "/api/[[...path]]";

/** The methods of each address, such as `/api/recordings/[id]`, as a pattern. */
const ROUTES = Object.entries(methodsByPath()).map(([path, methods]) => ({
  pattern: patternOf(path),
  methods,
}));

/**
 * Refuses what no handler could make sense of, and what Next would answer without a word or as a fault
 * of ours: an address or a `Host` that cannot be read, an HTTP/1.1 request without a `Host` (RFC 9112,
 * 3.2), an expectation that nobody here can meet, and a method that an address of ours does not have.
 * @throws AppError `bad_request`, `expectation_failed`, `method_not_allowed`
 */
export function requireSoundRequest({
  url = "/",
  method = "",
  httpVersion,
  headers,
}: Pick<IncomingMessage, "url" | "method" | "httpVersion" | "headers">): void {
  const path = pathOf(url);
  if (path === null || !isDecodable(path)) {
    throw new AppError("bad_request", "The address cannot be read, perhaps for a stray “%” in it.");
  }
  if (headers.host === undefined ? httpVersion === "1.1" : !isHost(headers.host)) {
    throw new AppError("bad_request", "The Host header is missing or not a host.");
  }
  if (headers.expect !== undefined && !/^100-continue$/i.test(headers.expect)) {
    throw new AppError("expectation_failed", "Only “Expect: 100-continue” can be met here.");
  }
  const route = ROUTES.find(({ pattern }) => pattern.test(path));
  if (route === undefined || route.methods.has(method)) return;
  const allow = [...route.methods].toSorted().join(", ");
  throw new AppError("method_not_allowed", `This address takes ${allow}.`, {
    headers: { Allow: allow },
  });
}

/** As handlers see it: without what `.` and `..` in it stand for. Null for what is no address. */
function pathOf(url: string): string | null {
  const address = url.startsWith("/") ? `http://host${url}` : url;
  return URL.canParse(address) ? new URL(address).pathname : null;
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function isHost(host: string): boolean {
  if (!URL.canParse(`http://${host}`)) return false;
  const { pathname, search, hash, username, password } = new URL(`http://${host}`);
  return `${pathname}${search}${hash}${username}${password}` === "/";
}

function methodsByPath(): Record<string, Set<string>> {
  const methods: Record<string, Set<string>> = {};
  for (const name of Object.keys(ACCESS_BY_ROUTE)) {
    const [method = "", path = ""] = name.split(" ");
    // Next answers OPTIONS for every route.
    const own = (methods[path] ??= new Set(["OPTIONS"]));
    own.add(method);
    // And HEAD wherever there is a GET.
    if (method === "GET") own.add("HEAD");
  }
  const { [CATCH_ALL]: last = new Set<string>(), ...first } = methods;
  return { ...first, [CATCH_ALL]: last };
}

function patternOf(path: string): RegExp {
  const source = path
    .replace("/[[...path]]", "(?:/.*)?")
    .replace(/\[\.\.\.\w+\]/g, ".+")
    .replace(/\[\w+\]/g, "[^/]+");
  return new RegExp(`^${source}/?$`);
}

/**
 * Answers what is not HTTP, or too much of it, as every refusal is answered, and closes the connection.
 * Where an answer is under way nothing is written into it.
 */
export function refuseMalformed(server: Server): void {
  const answering = new WeakSet<Duplex>();
  server.on("request", ({ socket }, response) => {
    answering.add(socket);
    response.once("close", () => answering.delete(socket));
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || answering.has(socket)) socket.destroy();
    else socket.end(refusalOf(error.code));
  });
}

/** By the codes of Node's HTTP parser. */
function refusalOf(code: string | undefined): string {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return rawProblem("headers_too_large", "The address and the headers are too long together.");
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return rawProblem("too_large", "The extensions of the body's chunks are too long.");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return rawProblem("request_timeout", "The headers did not arrive in time. Send them again.");
    default:
      return rawProblem("bad_request", "This is not a request that can be read as HTTP/1.1.");
  }
}

function rawProblem(code: keyof typeof HTTP_STATUS_BY_CODE, message: string): string {
  const requestId = randomUUID();
  const body = JSON.stringify({ error: { code, message, request_id: requestId } });
  return [
    `HTTP/1.1 ${HTTP_STATUS_BY_CODE[code]} Refused`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "X-Content-Type-Options: nosniff",
    `X-Request-Id: ${requestId}`,
    "Connection: close",
    "",
    body,
  ].join("\r\n");
}
