import type { ServerResponse } from "node:http";

/**
 * Next drops `Content-Length` from what a route handler answers, so that a browser would show no
 * progress and some players would not seek. The length travels under this name instead.
 */
export const BODY_LENGTH_HEADER = "x-sortie-body-length";

/** Makes the length that a route handler told the answer's `Content-Length`, as its head is written. */
export function restoreContentLength(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response) as (...head: unknown[]) => ServerResponse;
  response.writeHead = (...head: unknown[]) => {
    const length = response.getHeader(BODY_LENGTH_HEADER);
    if (length !== undefined) {
      response.removeHeader(BODY_LENGTH_HEADER);
      response.setHeader("content-length", length);
    }
    return writeHead(...head);
  };
}
