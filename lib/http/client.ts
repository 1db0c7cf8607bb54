import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { Client } from "@/lib/audit/record-audit-event";
import type { Config } from "@/lib/config/config";

export type { Client };

/**
 * Carries the caller's address from the server, which sees the socket, to the route handlers, which
 * do not. The server sets it on every request, so what a caller puts there never arrives.
 */
export const CLIENT_ADDRESS_HEADER = "x-sortie-client-address";

/**
 * The caller's address. Without trusted proxies it is the socket's other end, whatever the headers
 * say. With `trustedProxyCount` of them in front, each has added the address it saw to the right of
 * `X-Forwarded-For`: the one that many places from the right was seen by the outermost proxy, and
 * everything left of it may be invented.
 */
export function clientAddress(
  peerAddress: string | undefined,
  forwardedFor: string | undefined,
  { trustedProxyCount }: Pick<Config, "trustedProxyCount">,
): string | null {
  const forwarded = forwardedFor?.split(",").map((part) => part.trim()) ?? [];
  const hops = [...forwarded, peerAddress ?? ""];
  return normalise(hops[Math.max(0, hops.length - 1 - trustedProxyCount)] ?? "");
}

/** Puts the caller's address where `clientOf` finds it; for every request and upgrade, before anything else. */
export function stampClient(
  request: IncomingMessage,
  config: Pick<Config, "trustedProxyCount">,
): void {
  // Several headers of this name arrive joined by commas, in order.
  const forwardedFor = request.headers["x-forwarded-for"]?.toString();
  const address = clientAddress(request.socket.remoteAddress, forwardedFor, config);
  request.headers[CLIENT_ADDRESS_HEADER] = address ?? "";
}

/** Who sent this request, as the server stamped it. */
export function clientOf(request: { readonly headers: Headers }): Client {
  return {
    ip: normalise(request.headers.get(CLIENT_ADDRESS_HEADER) ?? ""),
    userAgent: request.headers.get("user-agent"),
  };
}

function normalise(address: string): string | null {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  return isIP(plain) === 0 ? null : plain;
}
