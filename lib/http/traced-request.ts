import type { IncomingMessage, ServerResponse } from "node:http";
import { withSpan } from "@/lib/tracing/traced";
import { routePattern } from "./route-pattern";

/** Does `work` inside the request's span, which lasts until the answer is out; joins the caller's trace. */
export function tracedRequest<T>(
  request: IncomingMessage,
  response: ServerResponse,
  work: () => Promise<T>,
): Promise<T> {
  const { method = "", url = "", headers } = request;
  const route = routePattern(url);
  const attributes = {
    "http.request.method": method,
    "http.route": route,
    "sortie.request.id": String(headers["x-request-id"]),
  };
  const spec = {
    name: `${method} ${route}`,
    kind: "server",
    attributes,
    joinedFrom: headers,
  } as const;
  return withSpan(spec, (span) => {
    response.once("close", () => {
      span.set({ "http.response.status_code": response.statusCode });
      if (response.statusCode >= 500) span.fail(new Error("answered with 5xx"));
      span.end();
    });
    return work();
  });
}
