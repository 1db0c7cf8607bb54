import { describe, expect, test } from "vitest";
import { newTokenSecret } from "@/lib/tokens/token-secret";
import { headersForApp, headersFromApp } from "./app-headers";

const CALLER = { address: "203.0.113.9", protocol: "https" } as const;
const CONFINED = { framedBy: "https://sortie.example.org", secureCookies: true };

describe("what a web app hears of a request", () => {
  test("is not how its user is signed in here", () => {
    const heard = headersForApp(
      {
        cookie:
          "theirs=1; next-auth.session-token=a; __Secure-next-auth.session-token=b; __Host-sortie-app=c; other=2",
        authorization: `Bearer ${newTokenSecret()}`,
      },
      CALLER,
    );
    expect(heard["cookie"]).toBe("theirs=1; other=2");
    expect(heard).not.toHaveProperty("authorization");
  });

  test("is how its user is signed in there", () => {
    const heard = headersForApp({ authorization: "Bearer of-the-app", host: "app" }, CALLER);
    expect(heard["authorization"]).toBe("Bearer of-the-app");
    expect(heard).not.toHaveProperty("cookie");
  });

  test("is nothing about single connections, nor what callers claim of proxies", () => {
    const heard = headersForApp(
      {
        ...{ host: "id.apps.example.org", connection: "keep-alive, X-Private", "x-private": "1" },
        ...{
          te: "trailers",
          "transfer-encoding": "chunked",
          upgrade: "h2c",
          expect: "100-continue",
        },
        ...{ forwarded: "for=1.2.3.4", "x-forwarded-for": "1.2.3.4", "x-forwarded-port": "1" },
        ...{ "x-real-ip": "1.2.3.4", "x-sortie-client-address": "1.2.3.4", accept: "*/*" },
      },
      CALLER,
    );
    expect(heard).toEqual({
      accept: "*/*",
      host: "id.apps.example.org",
      "x-forwarded-for": "203.0.113.9",
      "x-forwarded-host": "id.apps.example.org",
      "x-forwarded-proto": "https",
    });
  });
});

describe("what a browser hears of a web app's answer", () => {
  test("sets cookies for the app's own host alone, such as a frame of another site keeps", () => {
    const heard = headersFromApp(
      {
        "set-cookie": [
          "a=1; Domain=example.org; Path=/x; HttpOnly; SameSite=Strict",
          "next-auth.session-token=stolen; Path=/",
          "__Host-sortie-app=forged; Path=/",
        ],
      },
      CONFINED,
    );
    expect(heard["set-cookie"]).toEqual([
      "a=1; Path=/x; HttpOnly; Secure; SameSite=None; Partitioned",
    ]);
    const plain = headersFromApp({ "set-cookie": ["a=1"] }, { ...CONFINED, secureCookies: false });
    expect(plain["set-cookie"]).toEqual(["a=1; SameSite=Lax"]);
  });

  test("lets our page frame it and nobody else, and keeps the rest of the app's own policy", () => {
    const heard = headersFromApp(
      {
        "x-frame-options": "DENY",
        "content-security-policy":
          "default-src 'self'; Frame-Ancestors 'none', frame-ancestors 'self'",
      },
      CONFINED,
    );
    expect(heard).toEqual({
      "content-security-policy": "default-src 'self', frame-ancestors https://sortie.example.org",
    });
  });

  test("reaches no other host", () => {
    const heard = headersFromApp(
      {
        "clear-site-data": '"cookies"',
        "strict-transport-security": "max-age=1; includeSubDomains",
        "alt-svc": 'h3=":443"',
        connection: "close",
        "keep-alive": "timeout=5",
        "content-type": "text/html",
      },
      CONFINED,
    );
    expect(Object.keys(heard).toSorted()).toEqual(["content-security-policy", "content-type"]);
  });
});
