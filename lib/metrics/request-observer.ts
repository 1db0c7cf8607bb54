import type { RequestObserver } from "@/lib/http/follow-request";
import type { Metrics } from "./metrics";

/** Counts and times the requests that a server answers. */
export function requestObserver({
  requests,
  requestSeconds,
  requestsInProgress,
}: Pick<Metrics, "requests" | "requestSeconds" | "requestsInProgress">): RequestObserver {
  return {
    begun: () => requestsInProgress.inc(),
    ended: ({ method, route, status, durationMs }) => {
      requestsInProgress.dec();
      requests.inc({ method, route, status: String(status) });
      requestSeconds.observe({ method, route }, durationMs / 1000);
    },
  };
}
