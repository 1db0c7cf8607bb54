import type { IncomingMessage } from "node:http";
import { isOwnOrigin } from "@/lib/http/origin";

/**
 * Whether a request to an app's host was made by a page of another one, such as another session's app: it would
 * come with this app's cookies. Only what puts a page into a frame or a window may come from elsewhere.
 */
export function isForeign({ headers, method }: IncomingMessage): boolean {
  const site = headers["sec-fetch-site"];
  const { origin } = headers;
  if (method === "GET" && headers["sec-fetch-mode"] === "navigate") return false;
  if (site !== undefined && site !== "same-origin" && site !== "none") return true;
  return (
    origin !== undefined && !isOwnOrigin(origin, headers.host ?? null, { publicUrl: undefined })
  );
}
