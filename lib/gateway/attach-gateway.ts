import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { isOwnOrigin } from "@/lib/http/origin";
import { sessionIdIn } from "./gateway-url";
import { type GatewayDeps, type GatewayTimes, Viewer, type ViewerRequest } from "./viewer";

/** Viewers send small messages; the longest is a pasted text. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** How long viewers get to take the news that the server is stopping. */
const GOODBYE_MS = 1_000;

const PING_EVERY_MS = 20_000;
const RECHECK_EVERY_MS = 30_000;
const RECHECK_WEB_EVERY_MS = 3_000;
const NOTE_USE_EVERY_MS = 15_000;

/** Takes upgrades for hosts of its own. */
interface OtherHosts {
  isFor(request: IncomingMessage): boolean;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
}

export interface Gateway {
  /** Tells all viewers that the server restarts and takes no more. */
  close(): Promise<void>;
}

/**
 * Takes the server's WebSocket upgrades: joins viewers who hold a ticket to their desktops, and
 * refuses everything else.
 */
export function attachGateway(
  server: Server,
  deps: GatewayDeps,
  { otherHosts, ...times }: Partial<GatewayTimes> & { readonly otherHosts?: OtherHosts } = {},
): Gateway {
  const webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  const viewers = new Set<Viewer>();
  const allTimes = { ...defaultTimes(deps), ...times };
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Until the WebSocket takes over, nobody else listens for this.
    socket.on("error", () => socket.destroy());
    if (otherHosts?.isFor(request) === true) {
      otherHosts.upgrade(request, socket, head).catch((err: unknown) => {
        deps.log.error({ err }, "an upgrade of a web app failed");
        socket.destroy();
      });
      return;
    }
    const wanted = admissible(request, deps);
    if ("refusal" in wanted) {
      // Nobody would close it for a peer that never does.
      socket.once("finish", () => socket.destroy());
      socket.end(`HTTP/1.1 ${wanted.refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const viewer = new Viewer(deps, allTimes, webSocket, wanted);
      viewers.add(viewer);
      webSocket.once("close", () => viewers.delete(viewer));
      void viewer.serve();
    });
  };
  server.on("upgrade", onUpgrade);
  return {
    close: async () => {
      server.off("upgrade", onUpgrade);
      server.on("upgrade", (_request, socket: Duplex) => socket.destroy());
      await sayGoodbye(viewers);
    },
  };
}

function defaultTimes({ config }: GatewayDeps): GatewayTimes {
  return {
    pingEveryMs: PING_EVERY_MS,
    recheckEveryMs: RECHECK_EVERY_MS,
    recheckWebEveryMs: RECHECK_WEB_EVERY_MS,
    // Never so seldom that somebody at work would pass for idle.
    noteUseEveryMs: Math.min(NOTE_USE_EVERY_MS, config.session.idleTimeoutMs / 4),
  };
}

type Refusal = { readonly refusal: string };

/** What an upgrade asks for, when it is for the gateway and from one of our own pages. */
function admissible(request: IncomingMessage, { config }: GatewayDeps): ViewerRequest | Refusal {
  const address = request.url ?? "";
  if (!URL.canParse(address, "http://gateway")) return { refusal: "400 Bad Request" };
  const { pathname, searchParams } = new URL(address, "http://gateway");
  const sessionId = sessionIdIn(pathname);
  if (sessionId === null) return { refusal: "404 Not Found" };
  const { origin, host } = request.headers;
  // Every browser names the page's origin; a ticket in another site's hands is worth nothing.
  if (origin === undefined || !isOwnOrigin(origin, host ?? null, config)) {
    return { refusal: "403 Forbidden" };
  }
  return { sessionId, ticket: searchParams.get("ticket") ?? "" };
}

async function sayGoodbye(viewers: ReadonlySet<Viewer>): Promise<void> {
  const gone = [...viewers].map((viewer) => {
    viewer.close("restarting");
    return viewer.untilGone();
  });
  const late = new Promise<void>((resolve) => setTimeout(resolve, GOODBYE_MS));
  await Promise.race([Promise.all(gone), late]);
  for (const viewer of viewers) viewer.terminate();
}
