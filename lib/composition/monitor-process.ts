import { Gauge } from "prom-client";
import { version } from "@/package.json";
import { readinessAnswer } from "@/lib/health/readiness-answer";
import { drain, listen } from "@/lib/http/http-server";
import { installationMetrics } from "@/lib/metrics/installation-metrics";
import { createMetricsServer } from "@/lib/metrics/metrics-server";
import type { ProcessName } from "@/lib/metrics/metrics";
import { installationSources } from "@/lib/operations/installation-figures";
import type { Services } from "./services";

/**
 * Opens this process's port for Prometheus and probes, where one is configured. It answers until the end,
 * also while everything else is being closed.
 * @returns how to close it
 */
export async function monitorProcess(
  services: Services,
  name: ProcessName,
): Promise<() => Promise<void>> {
  const { config, log, metrics } = services;
  if (config.metricsPort === undefined) return () => Promise.resolve();
  const { registry } = metrics;
  describeProcess(services, name);
  const refresh =
    name === "worker"
      ? installationMetrics(registry, installationSources(services), log)
      : () => Promise.resolve();
  const queue = name === "worker" ? services.queue : null;
  const readiness = () => readinessAnswer({ ...services, queue });
  const server = createMetricsServer({ registry, log, refresh, readiness });
  const { port } = await listen(server, { port: config.metricsPort, host: config.host });
  log.info({ port }, "metrics and probes");
  return async () => await drain(server);
}

function describeProcess({ metrics, stopping }: Services, name: ProcessName): void {
  const registers = [metrics.registry];
  new Gauge({
    name: "sortie_build_info",
    help: "Always 1; what runs here.",
    labelNames: ["version", "process"],
    registers,
  }).set({ version, process: name }, 1);
  new Gauge({
    name: "sortie_process_draining",
    help: "1 once the process was told to stop.",
    registers,
    collect() {
      this.set(stopping.aborted ? 1 : 0);
    },
  });
}
