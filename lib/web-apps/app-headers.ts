import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { isTokenSecret } from "@/lib/tokens/token-secret";

/** RFC 9110, 7.6.1: they are about one connection and not passed on; so is whatever `Connection` names. */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** What only proxies say: the caller's word for it is not passed on. */
const OF_PROXIES = /^(forwarded|x-forwarded-.*|x-real-ip|x-sortie-.*)$/;

/** Cookies of the product, whatever prefix a browser demands of them. */
const OWN_COOKIE = /^(__(Secure|Host)-)?(next-auth\.|sortie-)/i;

const POLICY = "content-security-policy";
const REPORTED_POLICY = "content-security-policy-report-only";

/**
 * What an app may not say for its host: `Clear-Site-Data` and HSTS reach other hosts of the domain, `Alt-Svc` leads
 * browsers around the proxy, and who may frame it is not for the app to say. Policies and cookies are rewritten.
 */
const NOT_FOR_APPS: ReadonlySet<string> = new Set([
  "alt-svc",
  "clear-site-data",
  "set-cookie",
  "strict-transport-security",
  "x-frame-options",
  POLICY,
  REPORTED_POLICY,
]);

export interface Caller {
  readonly address: string;
  /** As the browser sees it. */
  readonly protocol: "http" | "https";
}

/** What an app hears of a request: all but what is between the browser, us and the proxies before us. */
export function headersForApp(
  headers: IncomingHttpHeaders,
  { address, protocol }: Caller,
): OutgoingHttpHeaders {
  const cookie = cookiesForApp(headers.cookie);
  const isDropped = (name: string) =>
    OF_PROXIES.test(name) ||
    name === "cookie" ||
    // Met already, by us.
    name === "expect" ||
    (name === "authorization" && isOwnToken(headers.authorization));
  return {
    ...endToEnd(headers, isDropped),
    ...(cookie === "" ? {} : { cookie }),
    "x-forwarded-for": address,
    "x-forwarded-host": headers.host ?? "",
    "x-forwarded-proto": protocol,
  };
}

export interface Confinement {
  /** Sources of a content security policy: who may show the app in a frame. */
  readonly framedBy: string;
  /** Whether browsers take `Secure` cookies from the app's host. */
  readonly secureCookies: boolean;
}

/** What a browser hears of an app's answer: nothing that reaches beyond the app's own host. */
export function headersFromApp(
  headers: IncomingHttpHeaders,
  { framedBy, secureCookies }: Confinement,
): OutgoingHttpHeaders {
  const cookies = (headers["set-cookie"] ?? []).flatMap((cookie) =>
    confinedCookie(cookie, secureCookies),
  );
  const policy = withoutFraming(headers[POLICY]?.toString() ?? "");
  const reported = withoutFraming(headers[REPORTED_POLICY]?.toString() ?? "");
  // Of several policies, which commas separate, each has to allow it.
  const enforced = [policy, `frame-ancestors ${framedBy}`].filter((part) => part !== "").join(", ");
  return {
    ...endToEnd(headers, (name) => NOT_FOR_APPS.has(name)),
    [POLICY]: enforced,
    ...(reported === "" ? {} : { [REPORTED_POLICY]: reported }),
    ...(cookies.length === 0 ? {} : { "set-cookie": cookies }),
  };
}

/** The headers without those of one connection and those that are dropped. */
function endToEnd(
  headers: IncomingHttpHeaders,
  isDropped: (name: string) => boolean,
): OutgoingHttpHeaders {
  const named = (headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  const ofConnection = new Set([...HOP_BY_HOP, ...named]);
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !ofConnection.has(name) && !isDropped(name)),
  );
}

/** Apps have tokens of their own, which are none of our business; ours are none of theirs. */
function isOwnToken(authorization: string | undefined): boolean {
  return isTokenSecret(/^\S+ +(\S+) *$/.exec(authorization ?? "")?.[1] ?? "");
}

function cookiesForApp(header: string | undefined): string {
  const pairs = (header ?? "").split(";").map((pair) => pair.trim());
  return pairs.filter((pair) => pair !== "" && !OWN_COOKIE.test(pair)).join("; ");
}

/** Several policies in one header are separated by commas; a comma inside one would have to be encoded (CSP 3, 2.2.1). */
function withoutFraming(header: string): string {
  const policies = header.split(",").map((policy) =>
    policy
      .split(";")
      .map((directive) => directive.trim())
      .filter((directive) => directive !== "" && !/^frame-ancestors(\s|$)/i.test(directive))
      .join("; "),
  );
  return policies.filter((policy) => policy !== "").join(", ");
}

const SET_BY_US = /^(domain|secure|samesite|partitioned)$/i;

/** For the app's own host only, and such that a browser keeps it in a frame of another site. */
function confinedCookie(cookie: string, secure: boolean): string[] {
  const [pair = "", ...attributes] = cookie.split(";").map((part) => part.trim());
  if (OWN_COOKIE.test(pair)) return [];
  const kept = attributes.filter((attribute) => !SET_BY_US.test(attribute.split("=")[0] ?? ""));
  const ours = secure ? ["Secure", "SameSite=None", "Partitioned"] : ["SameSite=Lax"];
  return [[pair, ...kept, ...ours].join("; ")];
}
