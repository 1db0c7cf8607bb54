import type { NextApiRequest, NextApiResponse } from "next";
import NextAuth from "next-auth";
import { AppError } from "@/lib/errors/app-error";
import { type AuthDeps, type Caller, nextAuthOptions } from "./next-auth-options";
import { OIDC_PROVIDER_ID } from "./oidc-provider";
import { signInErrorSentence } from "./sign-in-error";
import { cookiesOf, sessionCookieName } from "./session-token";

/** What we use of next-auth. Its `_log` would let strangers write into our log. */
const ACTIONS_BY_METHOD: Readonly<Record<string, readonly string[]>> = {
  GET: ["csrf", "providers", "session", "signin", "error", "callback"],
  POST: ["signin", "callback", "signout"],
};

const JSON_TYPE = "application/json";
/** An answer names it in two headers, three and five times as long once it is encoded; few kilobytes are taken there. */
const MAX_ADDRESS_BYTES = 1_000;
/** What next-auth remembers an address in; over https with a prefix. */
const CALLBACK_COOKIE = "next-auth.callback-url";

export interface AuthRequest extends Caller {
  readonly request: Request;
  /** The path after `/api/auth/`, as segments. */
  readonly segments: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  /** The fields of the form that was posted. */
  readonly form: Readonly<Record<string, string>>;
  /** The origin users see. */
  readonly origin: string;
}

/**
 * Lets next-auth answer a request. It is called the way pages routers do, because that form takes
 * every part of the request as data: so it sees the origin and the cookies that we decided on, and
 * none of the proxy headers that anybody could have written.
 * @throws AppError `not_found` for an action we do not use, `bad_request`
 */
export async function answerAuthRequest(deps: AuthDeps, input: AuthRequest): Promise<Response> {
  const { request, segments, query, form } = input;
  const action = segments[0] ?? "";
  if (!ACTIONS_BY_METHOD[request.method]?.includes(action)) {
    throw new AppError("not_found", "There is nothing at this address.");
  }
  refuseUnusedCallback(deps, request.method, segments);
  const { callbackUrl } = query;
  if (callbackUrl !== undefined && !isAddress(callbackUrl, input.origin)) {
    throw new AppError("bad_request", "The callbackUrl is not an address to go on to.");
  }
  // Without NEXTAUTH_URL next-auth takes its address from these two headers, if this variable tells it to.
  process.env["AUTH_TRUST_HOST"] ??= "true";
  const { host, protocol } = new URL(input.origin);
  const forwarded = { "x-forwarded-host": host, "x-forwarded-proto": protocol.slice(0, -1) };

  const recorder = new ResponseRecorder();
  const plain = {
    method: request.method,
    query: { ...queryFor(segments, query), nextauth: [...segments] },
    body: formFor(form),
    cookies: cookiesFor(deps, input),
    headers: forwarded,
  };
  await NextAuth(
    plain as unknown as NextApiRequest,
    recorder as unknown as NextApiResponse,
    nextAuthOptions(deps, input),
  );
  const response = recorder.response();
  if (response.status < 400 || response.headers.get("content-type") === JSON_TYPE) return response;
  throw new AppError(
    "bad_request",
    "This is no way to sign in. Open the sign-in page and try again.",
  );
}

/** The OpenID provider sends browsers back with GET, our own form posts its password; nothing else comes back. */
function refuseUnusedCallback(
  { config: { signIn } }: AuthDeps,
  method: string,
  [action, provider]: readonly string[],
): void {
  if (action !== "callback") return;
  if (method === "GET" && provider === OIDC_PROVIDER_ID && signIn.oidc !== null) return;
  if (method === "POST" && provider === "credentials" && signIn.localAccounts) return;
  if (method === "POST" && provider === "credentials") {
    throw new AppError("forbidden", signInErrorSentence("local_accounts_off"));
  }
  throw new AppError("not_found", "There is nothing at this address.");
}

/** What of a query next-auth may see: it would log a stranger's words, and pass them on to the provider. */
function queryFor([action, provider]: readonly string[], query: AuthRequest["query"]) {
  if (provider === undefined) return query;
  const kept = action === "callback" ? ["code", "state", "iss", "error", "session_state"] : [];
  return Object.fromEntries(Object.entries(query).filter(([name]) => kept.includes(name)));
}

/** Without an address to go on to that no answer could name: it leads home then. */
function formFor(form: AuthRequest["form"]) {
  const { callbackUrl = "", ...fields } = form;
  return isTooLong(callbackUrl) ? fields : form;
}

function isTooLong(address: string): boolean {
  return Buffer.byteLength(address) > MAX_ADDRESS_BYTES;
}

/** What next-auth takes for an address; anything else it calls a fault of the server's configuration. */
function isAddress(text: string, origin: string): boolean {
  if (isTooLong(text)) return false;
  const base = text.startsWith("/") ? origin : undefined;
  return URL.canParse(text, base) && /^https?:$/.test(new URL(text, base).protocol);
}

/**
 * The request's cookies, without a sign-in that was revoked: next-auth alone would still renew it. And
 * without an address to go on to that is none: nobody should be kept from signing in by a damaged cookie.
 */
function cookiesFor(deps: AuthDeps, { request, actor, origin }: AuthRequest) {
  const sound = Object.entries(cookiesOf(request.headers)).filter(
    ([name, value]) => !name.endsWith(CALLBACK_COOKIE) || isAddress(value, origin),
  );
  const { [sessionCookieName(deps.config)]: signIn, ...others } = Object.fromEntries(sound);
  return actor === null || signIn === undefined
    ? others
    : { ...others, [sessionCookieName(deps.config)]: signIn };
}

/** The few members of Next's API response that next-auth uses; gathers a `Response`. */
class ResponseRecorder {
  private statusCode = 200;
  private body: string | null = null;
  private readonly headers = new Map<string, string | readonly string[]>();

  status(code: number): this {
    this.statusCode = code;
    return this;
  }

  getHeader(name: string): string | readonly string[] | undefined {
    return this.headers.get(name.toLowerCase());
  }

  setHeader(name: string, value: string | readonly string[]): this {
    this.headers.set(name.toLowerCase(), value);
    return this;
  }

  json(value: unknown): void {
    this.setHeader("content-type", JSON_TYPE);
    this.body = JSON.stringify(value);
  }

  send(value: unknown): void {
    if (typeof value === "string") this.body = value;
    else if (value !== undefined) this.json(value);
  }

  end(): void {
    this.body = null;
  }

  response(): Response {
    const headers = new Headers();
    for (const [name, value] of this.headers) {
      for (const each of typeof value === "string" ? [value] : value) headers.append(name, each);
    }
    return new Response(this.body, { status: this.statusCode, headers });
  }
}
