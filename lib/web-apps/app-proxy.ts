import { type ClientRequest, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isAppError } from "@/lib/errors/app-error";
import { CLIENT_ADDRESS_HEADER } from "@/lib/http/client";
import type { SessionProvider } from "@/lib/providers/session-provider";
import { framingSources, sessionIdOfHost, takesSecureCookies, ticketIn } from "./app-address";
import { type Admitted, AppGate, type GateDeps } from "./app-gate";
import { headersForApp, headersFromApp } from "./app-headers";
import { type AppRefusal, rawRefusal, REFUSALS, refuse } from "./app-page";

export interface AppProxyDeps extends GateDeps {
  readonly provider: Pick<SessionProvider, "connectWeb">;
}

/** The hosts of web apps: everything that is asked of them comes here, and to nothing else of the product. */
export interface AppProxy {
  /** Whether a request or an upgrade is for a web app. */
  isFor(request: IncomingMessage): boolean;
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Joins a browser's WebSocket, or another protocol that both agree on, to the app. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  /** Cuts the connections that stay open. */
  close(): void;
}

const RECHECK_EVERY_MS = 30_000;
const KEEP_ALIVE_MS = 30_000;

/** Passes what browsers ask of a web app's host on to the app: see decision 0070. */
export function createAppProxy(deps: AppProxyDeps): AppProxy {
  return new HostProxy(deps);
}

class HostProxy implements AppProxy {
  readonly #gate: AppGate;
  readonly #open = new Set<Duplex>();

  constructor(private readonly deps: AppProxyDeps) {
    this.#gate = new AppGate(deps);
  }

  isFor({ headers }: IncomingMessage): boolean {
    return sessionIdOfHost(headers.host, this.deps.config) !== null;
  }

  async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const sessionId = sessionIdOfHost(incoming.headers.host, this.deps.config) ?? "";
    const ticket = ticketIn(incoming.url ?? "/");
    if (ticket !== null) {
      await this.#letIn(ticket, sessionId, response);
      return;
    }
    const admitted = await this.#gate.admit(incoming, sessionId);
    if (!("ref" in admitted)) this.#refuse(response, admitted);
    else await this.#pass(incoming, response, admitted);
  }

  async upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on("error", () => socket.destroy());
    // A browser that vanished without a word is found out by its system.
    incoming.socket.setKeepAlive(true, KEEP_ALIVE_MS).setNoDelay();
    const sessionId = sessionIdOfHost(incoming.headers.host, this.deps.config) ?? "";
    const admitted = await this.#gate.admit(incoming, sessionId);
    if (!("ref" in admitted)) {
      socket.end(rawRefusal(admitted));
      return;
    }
    try {
      const outgoing = await this.#ask(incoming, admitted, {
        connection: "upgrade",
        upgrade: incoming.headers.upgrade ?? "",
      });
      outgoing.end();
      const answered = await answerOf(outgoing);
      if (answered.socket === null) {
        answered.message.destroy();
        socket.end(rawRefusal(REFUSALS.silent));
        return;
      }
      socket.write(switchingProtocols(answered.message));
      if (answered.head.length > 0) socket.write(answered.head);
      if (head.length > 0) answered.socket.write(head);
      await this.#join(socket, answered.socket, admitted);
    } catch (err) {
      this.deps.log.debug({ err, sessionId }, "a web app's connection was not made");
      socket.destroy();
    }
  }

  close(): void {
    for (const socket of this.#open) socket.destroy();
  }

  async #letIn(ticket: string, sessionId: string, response: ServerResponse): Promise<void> {
    const cookie = await this.#gate.enter(sessionId, ticket);
    if (cookie === null) {
      this.#refuse(response, REFUSALS.ticketNotValid);
      return;
    }
    response.writeHead(303, {
      location: "/",
      "set-cookie": cookie,
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "content-length": 0,
    });
    response.end();
  }

  async #pass(
    incoming: IncomingMessage,
    response: ServerResponse,
    admitted: Admitted,
  ): Promise<void> {
    let outgoing: ClientRequest;
    try {
      outgoing = await this.#ask(incoming, admitted, {});
    } catch (err) {
      this.#appIsSilent(err, response, admitted);
      return;
    }
    response.once("close", () => outgoing.destroy());
    // An app may answer before it has read everything; what became of the rest, its answer says.
    pipeline(incoming, outgoing).catch(() => undefined);
    try {
      const { message } = await answerOf(outgoing);
      response.writeHead(
        message.statusCode ?? 502,
        message.statusMessage,
        headersFromApp(message.headers, this.#confinement()),
      );
      // Also before the first byte of a body: events of a stream may be far apart.
      response.flushHeaders();
      await pipeline(message, response);
    } catch (err) {
      this.#appIsSilent(err, response, admitted);
    }
  }

  /** @throws AppError `session_not_running`, or what went wrong with the connection */
  async #ask(
    incoming: IncomingMessage,
    { ref }: Admitted,
    more: Readonly<Record<string, string>>,
  ): Promise<ClientRequest> {
    const stream = await this.deps.provider.connectWeb(ref);
    const { config } = this.deps;
    const caller = {
      address: incoming.headers[CLIENT_ADDRESS_HEADER]?.toString() ?? "",
      protocol: config.publicUrl?.startsWith("https:") === true ? "https" : "http",
    } as const;
    return request({
      // A connection for each request: what a provider opens may be more than a socket, or less.
      createConnection: () => stream,
      method: incoming.method ?? "GET",
      path: incoming.url ?? "/",
      headers: { ...headersForApp(incoming.headers, caller), ...framing(incoming), ...more },
      setHost: false,
    });
  }

  /** Until one of them goes, or the browser's user may not have it any more. */
  async #join(browser: Duplex, app: Duplex, { pass }: Admitted): Promise<void> {
    this.#open.add(browser);
    const recheck = setInterval(() => {
      this.#gate.stillAdmits(pass).then(
        (admits) => (admits ? undefined : browser.destroy()),
        // Not knowing is no reason to cut anybody off; the next time tells.
        () => undefined,
      );
    }, RECHECK_EVERY_MS);
    await Promise.allSettled([pipeline(browser, app), pipeline(app, browser)]);
    clearInterval(recheck);
    this.#open.delete(browser);
  }

  #appIsSilent(err: unknown, response: ServerResponse, { pass }: Admitted): void {
    this.deps.log.debug({ err, sessionId: pass.sessionId }, "a web app did not answer");
    // Half an answer must not be taken for the whole.
    if (response.headersSent) response.destroy();
    else this.#refuse(response, isOver(err) ? REFUSALS.over : REFUSALS.silent);
  }

  #refuse(response: ServerResponse, refusal: AppRefusal): void {
    refuse(response, refusal, this.#confinement().framedBy);
  }

  #confinement() {
    const { config } = this.deps;
    return { framedBy: framingSources(config), secureCookies: takesSecureCookies(config) };
  }
}

function isOver(error: unknown): boolean {
  return isAppError(error) && error.code === "session_not_running";
}

interface Answered {
  readonly message: IncomingMessage;
  /** The app's connection, where it switched protocols; with what came of it already. */
  readonly socket: Duplex | null;
  readonly head: Buffer;
}

function answerOf(outgoing: ClientRequest): Promise<Answered> {
  return new Promise((resolve, reject) => {
    outgoing.on("error", reject);
    outgoing.once("close", () => reject(new Error("The app closed the connection.")));
    outgoing.once("response", (message) => {
      resolve({ message, socket: null, head: Buffer.alloc(0) });
    });
    outgoing.once("upgrade", (message, socket, head) => resolve({ message, socket, head }));
  });
}

/** A body of unknown length is passed on as such, whatever the method: Node would take some methods to have none. */
function framing({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  return headers["transfer-encoding"] === undefined ? {} : { "transfer-encoding": "chunked" };
}

/** The app's own answer, with the few headers that a switch of protocols has. */
function switchingProtocols({ rawHeaders, headers }: IncomingMessage): string {
  const lines = ["HTTP/1.1 101 Switching Protocols", "Connection: Upgrade"];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (/^(upgrade|sec-websocket-.*)$/i.test(name))
      lines.push(`${name}: ${rawHeaders[index + 1] ?? ""}`);
  }
  if (headers.upgrade === undefined) lines.push("Upgrade: websocket");
  return `${lines.join("\r\n")}\r\n\r\n`;
}
