import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { createWebSocketStream, WebSocket } from "ws";
import type { Actor } from "@/lib/auth/permissions";
import type { Services } from "@/lib/composition/services";
import { attachGateway, type Gateway } from "@/lib/gateway/attach-gateway";
import { gatewayUrl } from "@/lib/gateway/gateway-url";
import type { GatewayTimes } from "@/lib/gateway/viewer";
import { hostSessions, type SessionHost } from "@/lib/sessions/host-sessions";
import { issueTicket } from "@/lib/sessions/issue-ticket";
import { launchSession } from "@/lib/sessions/launch-session";
import { findSession, type Session } from "@/lib/sessions/session-repository";
import { createAppProxy } from "@/lib/web-apps/app-proxy";
import { CLIENT } from "./recording-scene";
import { RfbClient } from "./rfb-client";

/**
 * Gives this test file's sessions a temporary directory of their own: servers on one machine remove
 * what dead ones have left there. Returns how to take it away again.
 */
export function useOwnTemporaryDirectory(): () => void {
  // Short, for sockets; open, for the sessions' own users.
  const directory = mkdtempSync(join(tmpdir(), "st-"));
  chmodSync(directory, 0o755);
  vi.stubEnv("TMPDIR", directory);
  return () => {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true });
  };
}

/** A server with a gateway and hosts for web apps that looks after its sessions several times a second. */
export interface SessionServer {
  readonly services: Services;
  readonly address: string;
  readonly gateway: Gateway;
  readonly host: SessionHost;
  close(): Promise<void>;
}

export async function startSessionServer(
  services: Services,
  times: Partial<GatewayTimes> = {},
): Promise<SessionServer> {
  const webApps = createAppProxy(services);
  const server = createServer((request, response) => {
    if (webApps.isFor(request)) void webApps.answer(request, response);
    else response.end();
  });
  const gateway = attachGateway(server, services, { ...times, otherHosts: webApps });
  const host = await hostSessions(services, { checkEveryMs: 100 });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ services, address, gateway, host },
    close: async () => {
      webApps.close();
      await gateway.close();
      await host.close();
      server.close();
    },
  };
}

/** Other limits for the same services. */
export function withLimits(
  services: Services,
  limits: Partial<Pick<Services["config"]["session"], "idleTimeoutMs" | "maxDurationMs">>,
): Services {
  const { config } = services;
  return { ...services, config: { ...config, session: { ...config.session, ...limits } } };
}

/** Launches an app, a desktop by default, and waits until it runs. */
export async function launch(
  services: Services,
  actor: Actor,
  appId = "desktop",
): Promise<Session> {
  const input = { appId, width: 640, height: 480 };
  const { id } = await launchSession(services, actor, CLIENT, input);
  return untilSession(services, id, ({ status }) => status !== "creating");
}

export function untilSession(
  { db }: Services,
  id: string,
  isRight: (session: Session) => boolean,
): Promise<Session> {
  return vi.waitFor(
    async () => {
      const session = await findSession(db, id);
      if (session === null || !isRight(session)) throw new Error(JSON.stringify(session));
      return session;
    },
    { timeout: 20_000, interval: 20 },
  );
}

/** What the audit trail holds of a session, as `who what why`. */
export async function auditedSession({ db }: Services, sessionId: string): Promise<string[]> {
  const where = { targetType: "session", targetId: sessionId };
  const events = await db.auditEvent.findMany({ where, orderBy: { id: "asc" } });
  return events.map(({ actorName, action, detail }) =>
    [actorName, action, (detail as { reason?: string }).reason ?? ""].join(" ").trim(),
  );
}

/** A viewer's WebSocket with whatever ticket; `closed` resolves with the close code. */
export interface OpenedViewer {
  readonly webSocket: WebSocket;
  readonly closed: Promise<number>;
}

export function openViewer(
  { address }: Pick<SessionServer, "address">,
  sessionId: string,
  ticket: string,
  options: {
    readonly origin?: string;
    readonly autoPong?: boolean;
    readonly protocols?: readonly string[];
  } = {},
): OpenedViewer {
  const { origin = `http://${address}`, autoPong = true, protocols = [] } = options;
  const url = `ws://${address}${gatewayUrl(sessionId, ticket)}`;
  const webSocket = new WebSocket(url, [...protocols], {
    ...(origin === "" ? {} : { origin }),
    autoPong,
  });
  const closed = new Promise<number>((resolve) => webSocket.once("close", resolve));
  return { webSocket, closed };
}

/** Opens one's own session as the page does, and shows its desktop. */
export async function watch(server: SessionServer, actor: Actor, sessionId: string) {
  const { ticket, shows } = await issueTicket(server.services, actor, sessionId);
  if (shows.kind !== "desktop") throw new Error("This is no desktop.");
  const viewer = openViewer(server, sessionId, ticket);
  const screen = await RfbClient.connect(createWebSocketStream(viewer.webSocket), shows.password);
  return { ...viewer, screen };
}
