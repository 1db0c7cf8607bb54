// @ts-check
// For an image's HEALTHCHECK: ends with 0 when the container's process answers that it lives.
import { readFileSync } from "node:fs";

const { SORTIE_METRICS_PORT, PORT } = process.env;
const isWorker = readFileSync("/proc/1/cmdline", "utf8").includes("worker.js");
// A worker without a port for metrics has none: that its process is there is all there is to know.
const port = SORTIE_METRICS_PORT || (isWorker ? undefined : (PORT ?? "3000"));

if (port !== undefined) {
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
  process.exitCode = answer?.ok === true ? 0 : 1;
}
