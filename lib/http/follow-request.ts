import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "@/lib/logging/logger";
import { callerOf } from "./incoming-message";
import { routePattern } from "./route-pattern";

/** A request that is over. */
export interface AnsweredRequest {
  readonly method: string;
  /** A pattern, such as `/api/recordings/[id]`. */
  readonly route: string;
  /** 499, as nginx has it, when the caller was gone before the whole answer. */
  readonly status: number;
  readonly durationMs: number;
}

/** Hears of every request, for metrics. */
export interface RequestObserver {
  begun(): void;
  ended(request: AnsweredRequest): void;
}

export const UNOBSERVED: RequestObserver = { begun: () => undefined, ended: () => undefined };

/** Both hear of everything. */
export function inTurn(one: RequestObserver, other: RequestObserver): RequestObserver {
  return {
    begun: () => {
      one.begun();
      other.begun();
    },
    ended: (request) => {
      one.ended(request);
      other.ended(request);
    },
  };
}

const CALLER_GONE = 499;
/** What comes all the time and tells nothing when it goes well. */
const QUIET = new Set(["/healthz", "/readyz", "/_next/*", "/api/recordings/[id]/upload"]);
/** Those of HTTP; what else a caller writes there is one name. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/**
 * Writes one line when a request is over: id, route, status, how long it took, and who asked where that is
 * known. Never the address itself, which may hold a secret.
 */
export function followRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { log, observer }: { readonly log: Logger; readonly observer: RequestObserver },
): void {
  const startedAt = performance.now();
  observer.begun();
  response.once("close", () => {
    const answered: AnsweredRequest = {
      method: METHODS.has(request.method ?? "") ? (request.method ?? "") : "other",
      route: routePattern(request.url ?? ""),
      status: response.writableFinished ? response.statusCode : CALLER_GONE,
      durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
    };
    observer.ended(answered);
    const requestId = String(request.headers["x-request-id"]);
    const isQuiet = QUIET.has(answered.route) && answered.status < 400;
    const line = { requestId, ...answered, userId: callerOf(request) };
    log[isQuiet ? "debug" : "info"](line, `${answered.method} ${answered.route}`);
  });
}
