import fc from "fast-check";
import { ACCESS_BY_ROUTE, type RouteName } from "@/lib/auth/route-permissions";
import { multipartBodies } from "./hostile-forms";
import {
  asHeader,
  count,
  type Generator,
  type HeaderList,
  headerValue,
  type Known,
  mostly,
  nasty,
  NASTY_NUMBERS,
  someOf,
  wellFormed,
} from "./hostile-values";

const ROUTES = Object.keys(ACCESS_BY_ROUTE) as RouteName[];
const UPLOAD = /\/upload$/;

const body = fc.oneof(
  fc.constant(undefined),
  fc.uint8Array({ maxLength: 300 }),
  fc.uint8Array({ minLength: 70_000, maxLength: 70_000 }),
);

function address(known: Known, name: RouteName, id: string): string {
  const [, path = ""] = name.split(" ");
  const own = path.includes("/sessions/") ? known.sessionId : known.recordingId;
  return path
    .replace("[id]", id || own)
    .replace("[...nextauth]", "session")
    .replace("[[...path]]", "nothing/here");
}

const methodOf = (name: RouteName) => name.split(" ")[0] ?? "GET";
const as = (known: Known) => fc.constantFrom(...known.cookies);
const headersOf = (cookie: string, more: HeaderList): HeaderList => [
  ...(cookie === "" ? [] : [["cookie", cookie] as const]),
  ...more,
];

const tusHeaders: Generator = (known) =>
  fc
    .record({
      method: fc.constantFrom("PATCH", "PATCH", "PATCH", "HEAD", "POST", "OPTIONS", "PUT", "GET"),
      id: fc.constantFrom(...known.liveIds, known.recordingId),
      version: mostly("1.0.0"),
      type: mostly("application/offset+octet-stream"),
      offset: count,
      more: someOf({
        "upload-length": count,
        "upload-offset": count,
        "upload-defer-length": count,
        "upload-metadata": headerValue,
        "upload-concat": headerValue,
        "upload-checksum": headerValue,
        "x-http-method-override": fc.constantFrom("PATCH", "HEAD", "POST", "patch", "TRACE", ""),
        "content-encoding": fc.constantFrom("gzip", "identity", "x"),
      }),
      bytes: body,
    })
    .map(({ method, id, version, type, offset, more, bytes }) => ({
      method,
      path: `/api/recordings/${id}/upload`,
      headers: headersOf(known.cookies[0] ?? "", [
        ["tus-resumable", version],
        ["content-type", type],
        ["upload-offset", offset],
        ...more,
      ]),
      body: ["HEAD", "GET", "OPTIONS"].includes(method) ? undefined : bytes,
    }));

const ranges: Generator = (known) => {
  const edge = fc.constantFrom("", "0", "1", "65535", String(known.sizeBytes), ...NASTY_NUMBERS);
  const one = fc.tuple(edge, edge).map((edges) => asHeader(edges.join("-")));
  const unit = fc.constantFrom("bytes=", "bytes=", "bytes =", "BYTES=", "items=", "");
  const range = fc.oneof(
    fc.tuple(unit, fc.array(one, { maxLength: 3 })).map(([of, list]) => of + list.join(",")),
    headerValue,
  );
  return fc
    .record({
      method: fc.constantFrom("GET", "GET", "HEAD"),
      of: fc.constantFrom("download", "download?download=1", "poster"),
      headers: someOf({
        range,
        "if-range": headerValue,
        "if-none-match": headerValue,
        "if-modified-since": headerValue,
      }),
    })
    .map(({ method, of, headers }) => ({
      method,
      path: `/api/recordings/${known.recordingId}/${of}`,
      headers: headersOf(known.cookies[0] ?? "", headers),
    }));
};

const QUERIED = ROUTES.filter((name) => name.startsWith("GET /api/") && !name.includes("["));
const PARAMETERS =
  "limit|cursor|sort|status|app_id|session_id|user_id|q|from|to|scope|download".split("|");

const queries: Generator = (known) => {
  const cursor = fc
    .tuple(nasty, nasty)
    .map((pair) => Buffer.from(JSON.stringify(pair)).toString("base64url"));
  const value = fc.oneof(
    nasty,
    cursor,
    fc.constantFrom("ready", "ready,ready", "all", "own", "newest", known.recordingId),
  );
  const parameter = fc.tuple(fc.oneof(fc.constantFrom(...PARAMETERS), nasty), value);
  return fc
    .record({
      name: fc.constantFrom(...QUERIED),
      cookie: as(known),
      query: fc.array(parameter, { minLength: 1, maxLength: 5 }),
      raw: fc.constantFrom("", "", "&%", "&=&&=", "&q=%ff%fe", "&limit[]=1", "&limit=1#x"),
    })
    .map(({ name, cookie, query, raw }) => ({
      method: "GET",
      path: `${address(known, name, "")}?${new URLSearchParams(query).toString()}${raw}`,
      headers: headersOf(cookie, []),
    }));
};

/** Names that bodies know, so that other members than the first are reached. */
const MEMBERS =
  "description|recording_id|upload_length|app_id|width|height|username|display_name|role|password|disabled|current_password|new_password|__proto__|constructor".split(
    "|",
  );
const JSON_ROUTES = ROUTES.filter(
  (name) =>
    /^(POST|PATCH|PUT|DELETE) \/api\//.test(name) &&
    !UPLOAD.test(name) &&
    !name.includes("nextauth"),
);

const jsonBodies: Generator = (known) => {
  const value = fc.oneof(
    nasty.filter((text) => !/^(desktop|terminal)$/.test(text)),
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(known.recordingId, -1, 1e308, 2 ** 53, 0.1, "admin", "dev", true),
  );
  const object = fc.dictionary(fc.oneof(fc.constantFrom(...MEMBERS), nasty), value, { maxKeys: 6 });
  const text = fc.oneof(
    { weight: 4, arbitrary: object.map((made) => JSON.stringify(made)) },
    { weight: 1, arbitrary: fc.json() },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        ...["{", "[", '{"a":', "nul", "\ufeff{}", '{"description":"\\ud800"}', "01", "{}{}", '"'],
        `{"description":"\\u0000"}`,
        "[".repeat(60_000),
        `{"description":"${"x".repeat(70_000)}"}`,
      ),
    },
  );
  return (
    fc
      .record({
        name: fc.constantFrom(...JSON_ROUTES),
        cookie: as(known),
        bytes: fc.oneof(
          { weight: 5, arbitrary: text.map((json) => new Uint8Array(Buffer.from(json))) },
          { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }) },
        ),
        type: mostly("application/json"),
      })
      // What ends the session or deletes the recording that all others ask about is tried on another.
      .map(({ name, cookie, bytes, type }) => ({
        method: methodOf(name),
        path: address(known, name, name.startsWith("DELETE") ? crypto.randomUUID() : ""),
        headers: headersOf(cookie, [["content-type", type]]),
        body: bytes,
      }))
  );
};

const addresses: Generator = (known) =>
  fc
    .record({
      name: fc.constantFrom(...ROUTES),
      method: fc.option(
        fc.constantFrom(
          "GET",
          "HEAD",
          "POST",
          "PUT",
          "PATCH",
          "DELETE",
          "OPTIONS",
          "TRACE",
          "PROPFIND",
        ),
        { freq: 2 },
      ),
      cookie: as(known),
      id: fc.oneof(
        fc.uuid(),
        nasty.map((text) => encodeURIComponent(wellFormed(text)).slice(0, 4_000)),
        fc.constantFrom("%", "%ff", "%2e%2e", "..", ".", "%2f", known.recordingId.toUpperCase()),
        fc.constantFrom(
          `${known.recordingId}%00`,
          `${known.recordingId}x`,
          `%20${known.recordingId}`,
        ),
      ),
      rest: fc.constantFrom("", "", "", "/", "//", "/x", "?", "?_rsc=1", ";a=b", "/../.."),
    })
    .map(({ name, method, cookie, id, rest }) => ({
      method: method ?? methodOf(name),
      path: `${address(known, name, id)}${rest}`,
      headers: headersOf(cookie, [["tus-resumable", "1.0.0"]]),
    }));

const anyHeaders: Generator = (known) =>
  fc
    .record({
      name: fc.constantFrom(...ROUTES.filter((name) => !name.startsWith("DELETE"))),
      cookie: as(known),
      headers: someOf({
        host: fc.constantFrom("", "[", "[::1", "a b", "evil.example:99999", "%", "a/b", "?", "@"),
        origin: fc.oneof(headerValue, fc.constantFrom("null", "http://[", "http://")),
        cookie: headerValue,
        authorization: fc.oneof(
          headerValue,
          headerValue.map((text) => `Bearer ${text}`),
        ),
        "sec-fetch-site": headerValue,
        "x-forwarded-for": headerValue,
        "x-forwarded-host": headerValue,
        "x-request-id": headerValue,
        "user-agent": headerValue,
        "content-type": headerValue,
        "next-action": headerValue,
        rsc: fc.constant("1"),
        "next-router-state-tree": headerValue,
        "next-router-prefetch": headerValue,
        "x-nextjs-data": fc.constant("1"),
        "x-middleware-subrequest": headerValue,
        "x-matched-path": headerValue,
        "x-invoke-path": headerValue,
        expect: fc.constant("100-continue"),
      }),
    })
    .map(({ name, cookie, headers }) => ({
      method: methodOf(name),
      path: address(known, name, ""),
      headers: headersOf(cookie, headers),
    }));

const forms: Generator = (known) =>
  fc
    .record({
      action: fc.oneof(
        fc.constantFrom("csrf", "providers", "session", "signin", "signin/credentials", "signout"),
        fc.constantFrom("callback/credentials", "callback", "callback/x", "error", "_log"),
        nasty.map((text) => encodeURIComponent(wellFormed(text)).slice(0, 500)),
      ),
      method: fc.constantFrom("GET", "POST"),
      fields: fc.array(
        fc.tuple(
          fc.constantFrom("csrfToken", "username", "password", "callbackUrl", "json"),
          nasty,
        ),
        { maxLength: 5 },
      ),
      cookie: fc.oneof(headerValue, as(known)),
    })
    .map(({ action, method, fields, cookie }) => {
      const text = new URLSearchParams(fields).toString();
      return {
        method,
        path: `/api/auth/${action}${method === "GET" ? `?${text}` : ""}`,
        headers: headersOf(cookie, [["content-type", "application/x-www-form-urlencoded"]]),
        body: method === "POST" ? new Uint8Array(Buffer.from(text)) : undefined,
      };
    });

const posters: Generator = (known) =>
  fc
    .record({
      type: mostly("image/webp"),
      start: fc.constantFrom("", "RIFF", "RIFF\x04\0\0\0WEBPVP8 "),
      rest: fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.constant(new Uint8Array(300_000))),
    })
    .map(({ type, start, rest }) => ({
      method: "PUT",
      path: `/api/recordings/${known.recordingId}/poster`,
      headers: headersOf(known.cookies[0] ?? "", [["content-type", type]]),
      body: Buffer.concat([Buffer.from(start, "latin1"), rest]),
    }));

/** Every kind of bad request, with how many of it are sent. A new kind of input needs a line here. */
export const HOSTILE_REQUESTS: readonly {
  readonly what: string;
  readonly runs: number;
  readonly generator: Generator;
}[] = [
  { what: "tus headers", runs: 600, generator: tusHeaders },
  { what: "ranges and conditions", runs: 400, generator: ranges },
  { what: "queries and cursors", runs: 400, generator: queries },
  { what: "JSON bodies", runs: 600, generator: jsonBodies },
  { what: "addresses, ids and methods", runs: 500, generator: addresses },
  { what: "headers of every kind", runs: 500, generator: anyHeaders },
  { what: "forms and sign-in actions", runs: 200, generator: forms },
  { what: "posters", runs: 100, generator: posters },
  { what: "multipart bodies", runs: 500, generator: multipartBodies },
];
