import { expect, test } from "vitest";
import { requireSoundRequest } from "./sound-request";

const ask = (method: string, url: string, host = "desk.local:3000") =>
  requireSoundRequest({ method, url, httpVersion: "1.1", headers: { host } });

test.each([
  ["GET", "/api/recordings?q=%"],
  ["HEAD", "/api/recordings/1/download"],
  ["OPTIONS", "/api/apps"],
  ["PATCH", "/api/recordings/1/upload"],
  ["PATCH", "/api/recordings/1/"],
  ["POST", "/api/auth/callback/credentials"],
  ["DELETE", "/api/no/such/address"],
  ["GET", "/api"],
  ["GET", "/recordings/1"],
  ["GET", "/healthz"],
])("%s %s is for a handler to answer", (method, url) => {
  expect(() => ask(method, url)).not.toThrow();
});

test.each([
  ["PUT", "/api/recordings", "GET, HEAD, OPTIONS"],
  ["TRACE", "/api/recordings/1", "DELETE, GET, HEAD, OPTIONS, PATCH"],
  ["PROPFIND", "/healthz", "GET, HEAD, OPTIONS"],
  ["POST", "/api/recordings/./1", "DELETE, GET, HEAD, OPTIONS, PATCH"],
  ["GET", "/api/recordings/1/upload", "DELETE, HEAD, OPTIONS, PATCH, POST"],
])("%s %s is told what the address takes", (method, url, allow) => {
  expect(() => ask(method, url)).toThrow(
    expect.objectContaining({ code: "method_not_allowed", headers: { Allow: allow } }) as Error,
  );
});

test.each(["/api/recordings/%", "/api/recordings/%ff/upload", "/%c3", "/recordings/%zz", "*", "x"])(
  "%s is no address",
  (url) => {
    expect(() => ask("GET", url)).toThrow(
      expect.objectContaining({ code: "bad_request" }) as Error,
    );
  },
);

test.each(["", "[", "a b", "evil.example:99999", "a/b", "a?b", "a@b", "%"])(
  "“%s” is no host",
  (host) => {
    expect(() => ask("GET", "/api/apps", host)).toThrow(
      expect.objectContaining({ code: "bad_request" }) as Error,
    );
  },
);

test.each(["127.0.0.1", "[::1]:3000", "sortie.example.org", "bücher.example"])(
  "“%s” is a host",
  (host) => {
    expect(() => ask("GET", "/api/apps", host)).not.toThrow();
  },
);
