import type { Config } from "@/lib/config/config";
import { isBearer } from "@/lib/auth/bearer";
import { AppError } from "@/lib/errors/app-error";

type PublicUrl = Pick<Config, "publicUrl">;

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses a request that another site made a signed-in browser send. Browsers name the page's
 * origin in `Origin` on every request that can change something, and scripts cannot forge it; where
 * it is missing, `Sec-Fetch-Site` says the same in one word. A request with neither comes from no
 * browser, so nobody's cookie is used behind their back. A bearer token is never sent by itself.
 * @throws AppError `bad_origin`
 */
export function refuseForeignOrigin(request: Request, config: PublicUrl): void {
  if (SAFE_METHODS.has(request.method) || isBearer(request.headers)) return;
  const origin = request.headers.get("origin");
  const own =
    origin === null
      ? ["same-origin", "none", null].includes(request.headers.get("sec-fetch-site"))
      : isOwnOrigin(origin, request.headers.get("host"), config);
  if (own) return;
  const remedy =
    config.publicUrl === undefined ? "Reload the page" : `Open ${new URL(config.publicUrl).origin}`;
  throw new AppError(
    "bad_origin",
    `This request came from another site and was refused. ${remedy} and try again.`,
  );
}

/**
 * Whether a browser's `Origin` is ours: the configured public URL's, or without one the host that
 * the browser asked for. The scheme is not compared then, because a TLS proxy in front is invisible
 * to us; `X-Forwarded-Host` is not believed: a proxy that changes `Host` needs `NEXTAUTH_URL`.
 * Also right for WebSocket upgrades.
 */
export function isOwnOrigin(origin: string, host: string | null, config: PublicUrl): boolean {
  if (!/^https?:/.test(origin) || !URL.canParse(origin)) return false;
  const from = new URL(origin);
  if (config.publicUrl !== undefined) return from.origin === new URL(config.publicUrl).origin;
  // Read with the same scheme, so that its default port is left out on both sides.
  const asked = `${from.protocol}//${host ?? ""}`;
  return URL.canParse(asked) && new URL(asked).host === from.host;
}

/** The origin to build absolute addresses from: the public URL's, else the one the browser used. */
export function ownOrigin(headers: Headers, config: PublicUrl): string {
  if (config.publicUrl !== undefined) return new URL(config.publicUrl).origin;
  const host = headers.get("host");
  const origin = headers.get("origin");
  if (origin !== null && isOwnOrigin(origin, host, config)) return origin;
  return `http://${host ?? "localhost"}`;
}
