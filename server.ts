import { createServer } from "node:http";
import { setFlagsFromString } from "node:v8";
import next from "next";
import { PATCH as appendToUpload } from "@/app/api/recordings/[id]/upload/route";
import { prepareDatabase } from "@/lib/composition/prepare-database";
import { type Close, runProcess } from "@/lib/composition/run-process";
import type { Services } from "@/lib/composition/services";
import { attachGateway } from "@/lib/gateway/attach-gateway";
import { answerDirectly, type DirectRoute } from "@/lib/http/direct-route";
import { inTurn } from "@/lib/http/follow-request";
import { ReadinessProbes } from "@/lib/http/readiness-probes";
import { createHttpServer, drain, listen } from "@/lib/http/http-server";
import { requestObserver } from "@/lib/metrics/request-observer";
import { closeOrphanedSessions } from "@/lib/sessions/close-orphaned-sessions";
import { hostSessions } from "@/lib/sessions/host-sessions";
import { framedSource } from "@/lib/web-apps/app-address";
import { createAppProxy } from "@/lib/web-apps/app-proxy";

/** A recording's bytes do not pass through Next: they come twice a second from everybody who records. */
const DIRECT_ROUTES: readonly DirectRoute[] = [
  {
    method: "PATCH",
    pattern: /^\/api\/recordings\/(?<id>[\w-]+)\/upload(?:\?|$)/,
    handler: appendToUpload,
  },
];

/**
 * Bytes that are received count towards the heap until the next scavenge, some 32 MB of them. V8 would let so
 * small and quiet a heap grow by a tenth only, and mark all of it ten times a second while somebody sends.
 * See docs/decisions/0090.
 */
const HEAP_GROWTH = "--heap-growing-percent=60";

/** The web process: one port for pages, API and WebSockets. */
async function start(services: Services): Promise<Close> {
  setFlagsFromString(HEAP_GROWTH);
  const { config, log, metrics, stopping } = services;
  const { administrator } = await prepareDatabase(config.databaseUrl, process.env, services.apps);
  if (administrator !== null) {
    log.warn(
      administrator,
      "an administrator was made; this is the only time the password is told",
    );
  }
  // A server that never listens: Next would answer WebSocket upgrades on any server it is shown.
  const app = next({ dev: false, httpServer: createServer() });
  await app.prepare();
  await closeOrphanedSessions(services);
  const host = await hostSessions(services);
  const mediaOrigin = await services.store.linkOrigin();
  const handle = answerDirectly(DIRECT_ROUTES, app.getRequestHandler());
  const probes = new ReadinessProbes();
  const webApps = createAppProxy(services);
  const sources = { mediaOrigin, frameSource: framedSource(config) };
  const server = createHttpServer(handle, { ...config, ...sources }, log, {
    observer: inTurn(requestObserver(metrics), probes),
    otherHosts: webApps,
    stopping,
  });
  const gateway = attachGateway(server, services, { otherHosts: webApps });
  const { port } = await listen(server, config);
  log.info({ port }, "listening");
  process.send?.({ port });
  return async () => {
    webApps.close();
    // Viewers go elsewhere at once. Requests are still taken until balancers have seen that `/readyz` says no.
    await Promise.all([gateway.close(), probes.untilHeard()]);
    await drain(server);
    await host.close();
    await app.close();
  };
}

await runProcess("web", start);
