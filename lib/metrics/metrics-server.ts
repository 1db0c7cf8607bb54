import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { collectDefaultMetrics, type Registry } from "prom-client";
import type { ReadinessAnswer } from "@/lib/health/readiness-answer";
import type { Logger } from "@/lib/logging/logger";

export interface MetricsServerDeps {
  readonly registry: Registry;
  readonly log: Logger;
  /** Looks up what is not counted as it happens; never rejects. */
  readonly refresh: () => Promise<void>;
  readonly readiness: () => Promise<ReadinessAnswer>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * A process's own port for who looks after it: `/metrics` for Prometheus, `/healthz` and `/readyz` for probes.
 * It asks for no password, so it stands apart from the port that users reach. Does not listen yet.
 */
export function createMetricsServer(deps: MetricsServerDeps): Server {
  const { registry, log } = deps;
  collectDefaultMetrics({ register: registry });
  const server = createServer((request, response) => {
    respond(deps, request, response).catch((err: unknown) => {
      log.error({ err }, "metrics could not be told");
      response.writeHead(500).end();
    });
  });
  server.unref();
  return server;
}

async function respond(
  deps: MetricsServerDeps,
  { method, url = "/" }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, type, body } =
    method === "GET" ? await answerTo(deps, url.split("?")[0] ?? "") : plain(405, "GET only.\n");
  response
    .writeHead(status, {
      "content-type": type,
      "content-length": Buffer.byteLength(body),
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    })
    .end(body);
}

async function answerTo(deps: MetricsServerDeps, path: string): Promise<Answer> {
  switch (path) {
    case "/metrics":
      await deps.refresh();
      return { status: 200, type: deps.registry.contentType, body: await deps.registry.metrics() };
    case "/healthz":
      return json(200, { status: "alive" });
    case "/readyz": {
      const { httpStatus, body } = await deps.readiness();
      return json(httpStatus, body);
    }
    default:
      return plain(404, "Here are /metrics, /healthz and /readyz.\n");
  }
}

function plain(status: number, body: string): Answer {
  return { status, type: "text/plain; charset=utf-8", body };
}

function json(status: number, value: unknown): Answer {
  return { status, type: "application/json", body: JSON.stringify(value) };
}
