import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

const NONCE_BYTES = 16;
const ONE_YEAR_SECONDS = 31_536_000;

const STATIC_HEADERS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  // Recording a tab and who speaks with it is our business; the camera and the rest are not.
  "permissions-policy":
    "camera=(), microphone=(self), geolocation=(), payment=(), usb=(), display-capture=(self), fullscreen=(self), clipboard-read=(self), clipboard-write=(self)",
} as const;

/** What API answers and files may do when somebody opens one as a page: nothing. */
const INERT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";
/** A worker's script brings its own policy: it loads the rest of itself, and speaks to us. */
const SCRIPT_POLICY = `${INERT_POLICY}; script-src 'self'; connect-src 'self'`;

export interface SecuritySettings {
  /** Whether users come over https. */
  readonly https: boolean;
  /** Where recordings are played from, if not only from us. */
  readonly mediaOrigin: string | null;
  /** Where the frames of web apps come from; null where there are none. */
  readonly frameSource: string | null;
}

/**
 * Gives a request its id and its answer the headers that every answer has. A page also gets a content
 * security policy with a nonce of its own: Next reads it from the request's header of the same name and
 * puts it on the scripts it renders.
 */
export function secure(
  request: IncomingMessage,
  response: ServerResponse,
  { https, ...sources }: SecuritySettings,
): void {
  const requestId = randomUUID();
  request.headers["x-request-id"] = requestId;
  response.setHeader("x-request-id", requestId);
  for (const [name, value] of Object.entries(STATIC_HEADERS)) response.setHeader(name, value);
  if (https) response.setHeader("strict-transport-security", `max-age=${ONE_YEAR_SECONDS}`);
  const policy = policyFor(request.url ?? "/", sources);
  // Always set, so that no client chooses the nonce.
  request.headers["content-security-policy"] = policy;
  response.setHeader("content-security-policy", policy);
}

type Sources = Omit<SecuritySettings, "https">;

function policyFor(url: string, sources: Sources): string {
  if (/^\/_next\/static\//.test(url)) return SCRIPT_POLICY;
  return /^\/(api|healthz|readyz)(\/|\?|$)/.test(url) ? INERT_POLICY : pagePolicy(sources);
}

/** `style-src` is as loose as the player's and the desktop's inserted style demand. */
function pagePolicy({ mediaOrigin, frameSource }: Sources): string {
  const nonce = randomBytes(NONCE_BYTES).toString("base64");
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    `media-src 'self' blob:${mediaOrigin === null ? "" : ` ${mediaOrigin}`}`,
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    `frame-src ${frameSource ?? "'none'"}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
