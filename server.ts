import { createServer } from "node:http";
import { attachGateway } from "@/lib/gateway/attach-gateway";
import { prepareDatabase } from "@/lib/composition/prepare-database";
import { type Close, runProcess } from "@/lib/composition/run-process";
import type { Services } from "@/lib/composition/services";
import { createHttpServer, drain, listen } from "@/lib/http/http-server";
import { closeOrphanedSessions } from "@/lib/sessions/close-orphaned-sessions";
import next from "next";

/** The web process: one port for pages, API and WebSockets. */
async function start(services: Services): Promise<Close> {
  const { config, log } = services;
  const { administrator } = await prepareDatabase(config.databaseUrl, process.env);
  if (administrator !== null)
    log.warn(administrator, "an administrator was made; keep the password");
  await closeOrphanedSessions(services);
  // A server that never listens: Next would answer WebSocket upgrades on any server it is shown.
  const app = next({ dev: false, httpServer: createServer() });
  await app.prepare();
  const server = createHttpServer(app.getRequestHandler(), config);
  const gateway = attachGateway(server, services);
  const { port } = await listen(server, config);
  log.info({ port }, "listening");
  return async () => {
    await Promise.all([drain(server), gateway.close()]);
    await app.close();
  };
}

await runProcess("web", start);
