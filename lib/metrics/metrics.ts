import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** Which process tells them. */
export type ProcessName = "web" | "worker";

/** From a small answer to a slow disk. Seconds. */
const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** A desktop starts in a second, an image that has to be pulled first takes minutes. Seconds. */
const START_BUCKETS = [0.25, 0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120, 300];
/** A look at nothing, up to a sweep of a whole archive. Seconds. */
const JOB_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600];

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * What this process counts and measures as it goes; `docs/metrics.md` is the contract. Starts nothing and
 * costs a few numbers in memory, whether anybody asks for them or not.
 */
export function createMetrics() {
  const registry = new Registry();
  return {
    registry,
    ...requestMetrics([registry]),
    ...recordingMetrics([registry]),
    ...sessionMetrics([registry]),
    ...jobMetrics([registry]),
  };
}

function requestMetrics(registers: Registry[]) {
  return {
    requests: new Counter({
      name: "sortie_http_requests_total",
      help: "Requests that were answered.",
      labelNames: ["method", "route", "status"] as const,
      registers,
    }),
    requestSeconds: new Histogram({
      name: "sortie_http_request_duration_seconds",
      help: "From a request's head to its answer's last byte.",
      labelNames: ["method", "route"] as const,
      buckets: REQUEST_BUCKETS,
      registers,
    }),
    requestsInProgress: new Gauge({
      name: "sortie_http_requests_in_progress",
      help: "Requests that are being answered.",
      registers,
    }),
  };
}

function recordingMetrics(registers: Registry[]) {
  return {
    appends: new Counter({
      name: "sortie_recording_appends_total",
      help: "Appends to recordings, by how they went.",
      labelNames: ["result"] as const,
      registers,
    }),
    appendSeconds: new Histogram({
      name: "sortie_recording_append_duration_seconds",
      help: "From an append's head until its bytes are durable.",
      buckets: REQUEST_BUCKETS,
      registers,
    }),
    appendedBytes: new Counter({
      name: "sortie_recording_append_bytes_total",
      help: "Bytes of recordings that were made durable.",
      registers,
    }),
    seals: new Counter({
      name: "sortie_recording_seals_total",
      help: "Recordings that were finished, by how that went.",
      labelNames: ["result"] as const,
      registers,
    }),
    sealSeconds: new Histogram({
      name: "sortie_recording_seal_duration_seconds",
      help: "How long finishing a recording took.",
      buckets: REQUEST_BUCKETS,
      registers,
    }),
  };
}

function sessionMetrics(registers: Registry[]) {
  return {
    connections: new Gauge({
      name: "sortie_gateway_connections",
      help: "Viewers that are connected to sessions.",
      registers,
    }),
    connectionCloses: new Counter({
      name: "sortie_gateway_closes_total",
      help: "Viewers' connections that the gateway closed, by reason.",
      labelNames: ["reason"] as const,
      registers,
    }),
    sessionStarts: new Counter({
      name: "sortie_session_starts_total",
      help: "Sessions that were started, by how that went.",
      labelNames: ["result"] as const,
      registers,
    }),
    sessionStartSeconds: new Histogram({
      name: "sortie_session_start_duration_seconds",
      help: "From a session's launch until it answered.",
      buckets: START_BUCKETS,
      registers,
    }),
    sessionCloses: new Counter({
      name: "sortie_session_closes_total",
      help: "Sessions that ended, by reason.",
      labelNames: ["reason"] as const,
      registers,
    }),
  };
}

function jobMetrics(registers: Registry[]) {
  return {
    jobSeconds: new Histogram({
      name: "sortie_job_duration_seconds",
      help: "Runs of background jobs.",
      labelNames: ["job", "result"] as const,
      buckets: JOB_BUCKETS,
      registers,
    }),
    retentionDeleted: new Counter({
      name: "sortie_retention_deleted_recordings_total",
      help: "Recordings that sweeps of this process deleted.",
      registers,
    }),
    retentionDeletedBytes: new Counter({
      name: "sortie_retention_deleted_bytes_total",
      help: "What the recordings took that sweeps of this process deleted.",
      registers,
    }),
    retentionFailed: new Counter({
      name: "sortie_retention_failed_recordings_total",
      help: "Recordings that a sweep of this process could not delete.",
      registers,
    }),
  };
}
