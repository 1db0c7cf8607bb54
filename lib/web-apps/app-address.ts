import type { Config } from "@/lib/config/config";
import { AppError } from "@/lib/errors/app-error";
import { NO_APPS_DOMAIN } from "@/lib/sessions/app-availability";

type AddressConfig = Pick<Config, "appsDomain" | "publicUrl">;

const SESSION_HOST = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(.+)$/;

/** Every name below it leads to the machine that asks (RFC 6761, 6.3): good for trying things out, with nothing to set up. */
export const LOOPBACK_DOMAIN = "localhost";

/** The session whose web app a request's `Host` names; null where it names the product, or nothing of ours. */
export function sessionIdOfHost(
  host: string | undefined,
  { appsDomain }: AddressConfig,
): string | null {
  const [, sessionId, domain] =
    SESSION_HOST.exec((host ?? "").toLowerCase().replace(/:\d+$/, "")) ?? [];
  return domain !== undefined && domain === appsDomain ? (sessionId ?? null) : null;
}

/**
 * The origin at which a browser that opened the product at `ownOrigin` finds a session's web app: a host for each
 * session, so that neither the product nor another app shares cookies, storage or windows with it.
 * @throws AppError `app_unavailable` where no such host leads here
 */
export function appOrigin(sessionId: string, ownOrigin: string, config: AddressConfig): string {
  const { appsDomain } = config;
  const from = new URL(ownOrigin);
  if (appsDomain === undefined || (appsDomain === LOOPBACK_DOMAIN && !isLoopback(from.hostname))) {
    throw new AppError("app_unavailable", NO_APPS_DOMAIN);
  }
  const port = from.port === "" ? "" : `:${from.port}`;
  return `${from.protocol}//${sessionId}.${appsDomain}${port}`;
}

/** The one address of an app's host that is ours: where a ticket becomes a pass. */
const ENTRANCE = "/.sortie/enter?ticket=";

/** The address within an app's origin that lets a ticket's holder in and leads on to the app. */
export function entrance(ticket: string): string {
  return ENTRANCE + encodeURIComponent(ticket);
}

/** The ticket that somebody comes to the entrance with; null for every other address. */
export function ticketIn(url: string): string | null {
  return url.startsWith(ENTRANCE) ? url.slice(ENTRANCE.length) : null;
}

/** Whose pages may show a web app in a frame, as sources of a content security policy. */
export function framingSources({ publicUrl }: AddressConfig): string {
  // Without a public address only the loopback domain is served.
  if (publicUrl === undefined) return "http://localhost:* http://127.0.0.1:* http://[::1]:*";
  return new URL(publicUrl).origin;
}

/** Where web apps may be framed from, as a source of a content security policy; null where there are none. */
export function framedSource({ appsDomain }: AddressConfig): string | null {
  return appsDomain === undefined ? null : `*.${appsDomain}:*`;
}

/** Whether browsers take `Secure` cookies from there: over https, and for names that never leave the machine. */
export function takesSecureCookies({ appsDomain, publicUrl }: AddressConfig): boolean {
  const isOwnMachine = /(^|\.)localhost$/.test(appsDomain ?? "");
  return isOwnMachine || (publicUrl?.startsWith("https:") ?? false);
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}
