import { randomUUID } from "node:crypto";
import { encode } from "next-auth/jwt";
import { expect, test, vi } from "vitest";
import { cookiesOf, readSessionToken, sessionCookie } from "./session-token";

const config = { authSecret: "a secret for this test, and no other", publicUrl: undefined };
const token = { userId: randomUUID(), sessionVersion: 3 };

function asRequest(setCookie: string): Headers {
  return new Headers({ cookie: `theme=dark; ${setCookie.split(";")[0] ?? ""}` });
}

test("a sign-in cookie is read back as the sign-in it was made for", async () => {
  const cookie = await sessionCookie(token, config);
  expect(cookie).toMatch(/; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/);
  expect(await readSessionToken(asRequest(cookie), config)).toEqual(token);
});

test("a sign-in that was read before is nobody's once it is out of date", async () => {
  const payload = { sub: token.userId, session_version: 3 };
  // Expired, but within the 15 s that clocks may differ: good when it is read first.
  const fading = await encode({ token: payload, secret: config.authSecret, maxAge: -14 });
  const headers = asRequest(`next-auth.session-token=${fading}`);
  expect(await readSessionToken(headers, config)).toEqual(token);
  await vi.waitFor(async () => expect(await readSessionToken(headers, config)).toBeNull(), 5_000);
});

test("under https the cookie is only ever sent over TLS", async () => {
  const secure = { ...config, publicUrl: "https://sortie.example.org" };
  const cookie = await sessionCookie(token, secure);
  expect(cookie).toMatch(/^__Host-next-auth\.session-token=.*; Secure$/);
  expect(await readSessionToken(asRequest(cookie), secure)).toEqual(token);
});

test("a cookie that was forged, is out of date or is not a sign-in is nobody's", async () => {
  const forged = await sessionCookie(token, {
    ...config,
    authSecret: "another secret of an attacker",
  });
  expect(await readSessionToken(asRequest(forged), config)).toBeNull();

  const payload = { sub: token.userId, session_version: 3 };
  const outdated = await encode({ token: payload, secret: config.authSecret, maxAge: -60 });
  expect(
    await readSessionToken(asRequest(`next-auth.session-token=${outdated}`), config),
  ).toBeNull();

  const other = await encode({ token: { sub: "admin" }, secret: config.authSecret });
  expect(await readSessionToken(asRequest(`next-auth.session-token=${other}`), config)).toBeNull();
  expect(await readSessionToken(new Headers(), config)).toBeNull();
});

test("cookies are read as browsers send them", () => {
  const headers = new Headers({ cookie: "a=1; b=two%20words; a=2; broken; c=%zz; __proto__=x" });
  expect({ ...cookiesOf(headers) }).toMatchObject({ a: "1", b: "two words", c: "%zz" });
});
