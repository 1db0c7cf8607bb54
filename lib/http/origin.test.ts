import { expect, test } from "vitest";
import { ownOrigin, refuseForeignOrigin } from "./origin";

const local = { publicUrl: undefined };
const published = { publicUrl: "https://sortie.example.org/" };

function post(headers: Record<string, string>, method = "POST"): Request {
  return new Request("http://127.0.0.1:3000/api/sessions", {
    method,
    headers: { host: "desk.local:3000", cookie: "next-auth.session-token=x", ...headers },
  });
}
const refused = expect.objectContaining({ code: "bad_origin" }) as unknown;
const outcome = (request: Request, config: { publicUrl: string | undefined }) => {
  try {
    refuseForeignOrigin(request, config);
    return "allowed";
  } catch (error) {
    expect(error).toEqual(refused);
    return "refused";
  }
};

test.each([
  ["our own page", { origin: "http://desk.local:3000" }, "allowed"],
  [
    "our own page behind a TLS proxy that keeps Host",
    { origin: "https://desk.local:3000" },
    "allowed",
  ],
  ["another site", { origin: "https://evil.example" }, "refused"],
  ["another port of this host", { origin: "http://desk.local:8080" }, "refused"],
  [
    "a host whose name begins like ours",
    { origin: "http://desk.local:3000.evil.example" },
    "refused",
  ],
  ["a sandboxed frame", { origin: "null" }, "refused"],
  [
    "another site that forges a proxy header",
    { origin: "https://evil.example", "x-forwarded-host": "evil.example" },
    "refused",
  ],
  ["a page of this site without Origin", { "sec-fetch-site": "same-origin" }, "allowed"],
  ["another site without Origin", { "sec-fetch-site": "cross-site" }, "refused"],
  ["a sibling subdomain without Origin", { "sec-fetch-site": "same-site" }, "refused"],
  ["a program that is no browser", {}, "allowed"],
  [
    "a bearer token, from anywhere",
    { origin: "https://evil.example", authorization: "Bearer abc" },
    "allowed",
  ],
])("without a public URL, a POST from %s is %3$s", (_, headers, expected) => {
  expect(outcome(post(headers), local)).toBe(expected);
});

test.each([
  ["https://sortie.example.org", "allowed"],
  ["http://sortie.example.org", "refused"],
  ["http://desk.local:3000", "refused"],
])("with a public URL, a POST from %s is %s", (origin, expected) => {
  expect(outcome(post({ origin }), published)).toBe(expected);
});

test("the default port may be written or not", () => {
  expect(outcome(post({ host: "desk.local:80", origin: "http://desk.local" }), local)).toBe(
    "allowed",
  );
});

test("reading is allowed from anywhere: the answer is not readable there", () => {
  expect(outcome(post({ origin: "https://evil.example" }, "GET"), local)).toBe("allowed");
  for (const method of ["PUT", "PATCH", "DELETE"]) {
    expect(outcome(post({ origin: "https://evil.example" }, method), local)).toBe("refused");
  }
});

test("addresses are built from the public URL, else from what the browser itself asked for", () => {
  const headers = (extra: Record<string, string>) =>
    new Headers({ host: "desk.local:3000", ...extra });
  expect(ownOrigin(headers({}), published)).toBe("https://sortie.example.org");
  expect(ownOrigin(headers({}), local)).toBe("http://desk.local:3000");
  expect(ownOrigin(headers({ origin: "https://desk.local:3000" }), local)).toBe(
    "https://desk.local:3000",
  );
  expect(ownOrigin(headers({ origin: "https://evil.example" }), local)).toBe(
    "http://desk.local:3000",
  );
});
