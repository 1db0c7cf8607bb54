import { afterAll, beforeAll, expect, test } from "vitest";
import { GET, POST } from "@/app/api/auth/[...nextauth]/route";
import { findActor } from "@/lib/auth/find-actor";
import { hashPassword } from "@/lib/auth/password";
import { type Services, provideServices } from "@/lib/composition/services";
import { createTestServices, type TestServices } from "../support/services";

const PASSWORD = "the right password";
const HOST = "desk.local:3000";
let product: TestServices;

beforeAll(async () => {
  product = await createTestServices();
  provideServices(product.services);
  await product.services.db.user.create({
    data: { username: "ana", displayName: "Ana", passwordHash: await hashPassword(PASSWORD) },
  });
});
afterAll(() => product.close());

/** A browser that keeps cookies, talking to next-auth the way its own page library does. */
class Browser {
  readonly cookies = new Map<string, string>();

  constructor(private readonly origin = `http://${HOST}`) {}

  async ask(path: string, form?: Record<string, string>, headers: Record<string, string> = {}) {
    const [pathname = ""] = path.split("?");
    const request = new Request(`http://127.0.0.1:3000/api/auth/${path}`, {
      method: form === undefined ? "GET" : "POST",
      headers: {
        host: HOST,
        cookie: [...this.cookies].map((pair) => pair.join("=")).join("; "),
        ...(form && { origin: this.origin, "content-type": "application/x-www-form-urlencoded" }),
        ...headers,
      },
      ...(form && { body: new URLSearchParams(form).toString() }),
    });
    const context = { params: Promise.resolve({ nextauth: pathname.split("/") }) };
    const response = await (form === undefined ? GET : POST)(request, context);
    for (const cookie of response.headers.getSetCookie()) this.keep(cookie);
    return response;
  }

  async signIn(password: string, callbackUrl = "/recordings") {
    const { csrfToken } = (await (await this.ask("csrf")).json()) as { csrfToken: string };
    const form = { username: "ana", password, callbackUrl, csrfToken, json: "true" };
    return this.ask("callback/credentials", form);
  }

  async signOut() {
    const { csrfToken } = (await (await this.ask("csrf")).json()) as { csrfToken: string };
    return this.ask("signout", { csrfToken, callbackUrl: "/sign-in", json: "true" });
  }

  get headers(): Headers {
    return new Headers({ cookie: [...this.cookies].map((pair) => pair.join("=")).join("; ") });
  }

  private keep(cookie: string): void {
    const [pair = "", ...attributes] = cookie.split("; ");
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    const gone = value === "" || attributes.some((attribute) => attribute === "Max-Age=0");
    if (gone) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

const actorOf = (browser: Browser, services: Services = product.services) =>
  findActor(browser.headers, services);

test("signing in works on whatever host the browser asked for, and leads where one wanted to go", async () => {
  const browser = new Browser();
  const response = await browser.signIn(PASSWORD);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ url: `http://${HOST}/recordings` });
  expect(await actorOf(browser)).toMatchObject({ username: "ana", role: "dev" });
  const session = await browser.ask("session");
  expect(await session.json()).toMatchObject({ user: { name: "Ana" } });
});

test("behind a TLS proxy the addresses are https ones", async () => {
  const response = await new Browser(`https://${HOST}`).signIn(PASSWORD);
  expect(await response.json()).toEqual({ url: `https://${HOST}/recordings` });
});

test.each(["https://evil.example/", "//evil.example", "http://[", "javascript:alert(1)"])(
  "signing in never leads to %j",
  async (callbackUrl) => {
    const response = await new Browser().signIn(PASSWORD, callbackUrl);
    expect(await response.json()).toEqual({ url: `http://${HOST}` });
  },
);

test("an address too long for any answer to name leads home", async () => {
  const response = await new Browser().signIn(PASSWORD, `/recordings?q=${"ö".repeat(5_000)}`);
  expect(response.headers.get("set-cookie")?.length).toBeLessThan(4_000);
  expect(await response.json()).toEqual({ url: `http://${HOST}/` });
});

test("a proxy header that anybody can write changes no address", async () => {
  const response = await new Browser().ask("signin", undefined, {
    "x-forwarded-host": "evil.example",
  });
  expect(response.headers.get("location")).toBe(
    `/sign-in?callbackUrl=${encodeURIComponent(`http://${HOST}`)}`,
  );
});

test("a wrong password tells the page a code, and signs nobody in", async () => {
  const browser = new Browser();
  const response = await browser.signIn("wrong");
  expect(response.status).toBe(401);
  const { url } = (await response.json()) as { url: string };
  expect(new URL(url).searchParams.get("error")).toBe("wrong_credentials");
  expect(await actorOf(browser)).toBeNull();
});

test("after too many wrong passwords the code says when to try again", async () => {
  await product.services.db.signInAttempt.create({
    data: { key: "user:ana", windowStart: new Date(), failures: 10 },
  });
  const { url } = (await (await new Browser().signIn(PASSWORD)).json()) as { url: string };
  expect(new URL(url).searchParams.get("error")).toMatch(/^rate_limited:[89]\d\d$/);
  await product.services.db.signInAttempt.deleteMany();
});

test("another site cannot sign a browser in, with or without its cookies", async () => {
  const response = await new Browser("https://evil.example").signIn(PASSWORD);
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ error: { code: "bad_origin" } });
});

test("without next-auth's own token nothing is posted", async () => {
  const form = { username: "ana", password: PASSWORD, csrfToken: "guessed", json: "true" };
  const browser = new Browser();
  await browser.ask("callback/credentials", form);
  expect(await actorOf(browser)).toBeNull();
});

test("signing out forgets the browser and is in the audit trail", async () => {
  const browser = new Browser();
  await browser.signIn(PASSWORD);
  await browser.signOut();
  expect(await actorOf(browser)).toBeNull();
  const events = await product.services.db.auditEvent.findMany({
    where: { action: "user.sign_out" },
  });
  expect(events).toMatchObject([{ actorName: "ana" }]);
});

test("a sign-in that was ended is not renewed", async () => {
  const browser = new Browser();
  await browser.signIn(PASSWORD);
  await product.services.db.user.update({
    where: { username: "ana" },
    data: { sessionVersion: { increment: 1 } },
  });
  const session = await browser.ask("session");
  expect(await session.json()).toEqual({});
  expect(session.headers.getSetCookie().join()).not.toContain("session-token");
});

test("what we do not use of next-auth is not there", async () => {
  expect((await new Browser().ask("_log", { level: "error", code: "x" })).status).toBe(404);
  expect((await new Browser().ask("session", { csrfToken: "x" })).status).toBe(404);
  expect((await new Browser().ask("anything")).status).toBe(404);
});
