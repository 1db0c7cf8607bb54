import { afterAll, beforeAll, expect, test } from "vitest";
import { GET, POST } from "@/app/api/auth/[...nextauth]/route";
import { findActor } from "@/lib/auth/find-actor";
import { hashPassword } from "@/lib/auth/password";
import type { Actor } from "@/lib/auth/permissions";
import { parseConfig } from "@/lib/config/config";
import { provideServices } from "@/lib/composition/services";
import { updateUser } from "@/lib/users/update-user";
import { type OpenIdProvider, startOpenIdProvider } from "../support/openid";
import { CLIENT } from "../support/recording-scene";
import { createTestServices, testEnvironment, type TestServices } from "../support/services";

const ORIGIN = "http://127.0.0.1:3999";
const PASSWORD = "the right password";
let provider: OpenIdProvider;
let product: TestServices;

beforeAll(async () => {
  provider = await startOpenIdProvider([`${ORIGIN}/api/auth/callback/oidc`]);
  product = await createTestServices({ NEXTAUTH_URL: ORIGIN, ...provider.environment });
  provideServices(product.services);
  const passwordHash = await hashPassword(PASSWORD);
  await product.services.db.user.create({
    data: { username: "admin", displayName: "Local", role: "admin", passwordHash },
  });
});
afterAll(async () => {
  await provider.close();
  await product.close();
});

type Cookies = Map<string, string>;

function keep(cookies: Cookies, response: Response): void {
  for (const cookie of response.headers.getSetCookie()) {
    const [pair = ""] = cookie.split("; ");
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    if (value === "") cookies.delete(name);
    else cookies.set(name, value);
  }
}

/** A browser between the product, whose handlers are called as its server would, and the real provider. */
class Browser {
  readonly own: Cookies = new Map();
  readonly atProvider: Cookies = new Map();

  async ask(address: string, form?: Record<string, string>): Promise<Response> {
    const url = new URL(address, ORIGIN);
    const isOurs = url.origin === ORIGIN;
    const cookies = isOurs ? this.own : this.atProvider;
    const headers = {
      host: url.host,
      cookie: [...cookies].map((pair) => pair.join("=")).join("; "),
      ...(form && { "content-type": "application/x-www-form-urlencoded", origin: url.origin }),
    };
    const body = form && { method: "POST", body: new URLSearchParams(form).toString() };
    const request = new Request(url, { headers, redirect: "manual", ...body });
    const nextauth = url.pathname.replace("/api/auth/", "").split("/");
    const handler = form === undefined ? GET : POST;
    const response = isOurs
      ? await handler(request, { params: Promise.resolve({ nextauth }) })
      : await fetch(request);
    keep(cookies, response);
    return response;
  }

  /** Where the product sends the browser to sign in. */
  async begin(): Promise<string> {
    const { csrfToken } = (await (await this.ask("/api/auth/csrf")).json()) as {
      csrfToken: string;
    };
    const form = { csrfToken, callbackUrl: "/recordings", json: "true" };
    const answer = await this.ask("/api/auth/signin/oidc", form);
    return ((await answer.json()) as { url: string }).url;
  }

  /** Follows the provider's pages as `login` would; returns the address that leads back to the product. */
  async passThrough(address: string, login: string): Promise<string> {
    let next = address;
    for (let step = 0; step < 20; step += 1) {
      if (next.startsWith(ORIGIN)) return next;
      const page = await this.ask(next);
      const location = page.headers.get("location");
      if (location !== null) {
        next = new URL(location, next).href;
        continue;
      }
      const html = await page.text();
      const action = /<form[^>]*action="([^"]+)"/.exec(html)?.[1] ?? "";
      const prompt = html.includes('value="login"') ? "login" : "consent";
      const sent = await this.ask(new URL(action, next).href, { prompt, login, password: "x" });
      next = new URL(sent.headers.get("location") ?? "", next).href;
    }
    throw new Error(`The provider never led back; the last address was ${next}`);
  }

  /** Signs in; returns where that leads in the end, as a path. */
  async signIn(login: string): Promise<string> {
    return this.comeBack(await this.passThrough(await this.begin(), login));
  }

  async comeBack(address: string): Promise<string> {
    let next = address;
    while (next.includes("/api/auth/")) {
      const response = await this.ask(next);
      next = new URL(response.headers.get("location") ?? "/", ORIGIN).href;
    }
    return next.slice(ORIGIN.length);
  }

  actor(services = product.services): Promise<Actor | null> {
    const cookie = [...this.own].map((pair) => pair.join("=")).join("; ");
    return findActor(new Headers({ cookie }), services);
  }
}

async function signedIn(login: string): Promise<Actor | null> {
  const browser = new Browser();
  await browser.signIn(login);
  return browser.actor();
}

const eventsOf = async (username: string) => {
  const events = await product.services.db.auditEvent.findMany({
    where: { actorName: username },
    orderBy: { id: "asc" },
  });
  return events.map(({ action, detail }) => ({ action, detail }));
};

test("somebody new signs in at the provider with PKCE, state and nonce, and becomes a user with the role of their group", async () => {
  provider.claims.set("s-ana", {
    ...{ preferred_username: "Ana", name: "Ana Lima", groups: ["staff", "chess club"] },
  });
  const browser = new Browser();
  const address = await browser.begin();
  const asked = new URL(address).searchParams;
  expect(asked.get("response_type")).toBe("code");
  expect(asked.get("code_challenge_method")).toBe("S256");
  expect(asked.get("state")).toBeTruthy();
  expect(asked.get("nonce")).toBeTruthy();
  const back = await browser.passThrough(address, "s-ana");
  expect(await browser.comeBack(back)).toBe("/recordings");
  expect(await browser.actor()).toMatchObject({
    ...{ username: "ana", displayName: "Ana Lima", role: "dev", clusters: [] },
  });
  expect(await eventsOf("ana")).toEqual([
    { action: "user.create", detail: { username: "ana", role: "dev", by: "openid provider" } },
    { action: "user.sign_in", detail: { method: "oidc" } },
  ]);
});

test("the role and the clusters are what the provider says at the next sign-in, for the same user", async () => {
  provider.claims.set("s-bo", { preferred_username: "bo", groups: ["staff"] });
  const first = await signedIn("s-bo");
  provider.claims.set("s-bo", {
    ...{ preferred_username: "renamed", groups: ["sre"], clusters: ["east", "west"] },
  });
  const second = await signedIn("s-bo");
  expect(second).toMatchObject({ username: "bo", role: "ops", clusters: ["east", "west"] });
  expect(second?.userId).toBe(first?.userId);
  provider.claims.set("s-bo", { groups: ["interns"], clusters: ["east"] });
  expect(await signedIn("s-bo")).toMatchObject({ role: "readonly", clusters: [] });
});

test("nobody becomes a local user by having the same name", async () => {
  provider.claims.set("s-evil", { preferred_username: "admin", groups: ["staff"] });
  const actor = await signedIn("s-evil");
  expect(actor?.username).toMatch(/^admin-[0-9a-f]{8}$/);
  expect(actor?.role).toBe("dev");
  const again = await signedIn("s-evil");
  expect(again?.userId).toBe(actor?.userId);
});

test("who has no role here is told so, gets no account, and it is in the audit trail", async () => {
  provider.claims.set("s-guest", { preferred_username: "guest", groups: ["guests"] });
  const browser = new Browser();
  expect(await browser.signIn("s-guest")).toBe("/sign-in?error=no_role");
  expect(await browser.actor()).toBeNull();
  expect(await product.services.db.user.count({ where: { username: "guest" } })).toBe(0);
  expect(await eventsOf("guest")).toEqual([
    {
      action: "user.sign_in_failed",
      detail: { reason: "no_role", method: "oidc", subject: "s-guest" },
    },
  ]);
});

test("a user who is disabled is refused, whatever the provider says", async () => {
  provider.claims.set("s-dan", { preferred_username: "dan", groups: ["staff"] });
  const dan = await signedIn("s-dan");
  const where = { id: dan!.userId };
  await product.services.db.user.update({ where, data: { disabledAt: new Date() } });
  const browser = new Browser();
  expect(await browser.signIn("s-dan")).toBe("/sign-in?error=account_disabled");
  expect(await browser.actor()).toBeNull();
});

test("an answer that another browser asked for, or that is used twice, signs nobody in", async () => {
  provider.claims.set("s-eve", { preferred_username: "eve", groups: ["staff"] });
  const attacker = new Browser();
  const back = await attacker.passThrough(await attacker.begin(), "s-eve");
  const victim = new Browser();
  expect(await victim.comeBack(back)).toContain("error=OAuthCallback");
  await victim.begin();
  expect(await victim.comeBack(back)).toContain("error=OAuthCallback");
  expect(await victim.actor()).toBeNull();
  expect(await attacker.comeBack(back)).toBe("/recordings");
  expect(await attacker.comeBack(back)).toContain("error=OAuthCallback");
});

test("who is vouched for elsewhere has no password here and keeps the role that was given there", async () => {
  provider.claims.set("s-fay", { preferred_username: "fay", groups: ["staff"] });
  const fay = await signedIn("s-fay");
  const { db, now } = product.services;
  const admin = await db.user.findUniqueOrThrow({ where: { username: "admin" } });
  const actor: Actor = {
    ...{ userId: admin.id, username: "admin", displayName: "Local", role: "admin" },
    ...{ clusters: [], token: null },
  };
  const change = (input: object) =>
    updateUser({ db, now }, { actor, client: CLIENT }, fay!.userId, input);
  await expect(change({ password: "a new password" })).rejects.toThrow("Change it there");
  await expect(change({ role: "admin" })).rejects.toThrow("Change it there");
  await expect(change({ display_name: "Fay" })).resolves.toMatchObject({ displayName: "Fay" });
});

test("signing out leads on to the provider for whom it vouches, and a local account to our own page", async () => {
  const signOut = async (browser: Browser) => {
    const { csrfToken } = (await (await browser.ask("/api/auth/csrf")).json()) as {
      csrfToken: string;
    };
    const form = { csrfToken, callbackUrl: "/sign-in", json: "true" };
    const { url } = (await (await browser.ask("/api/auth/signout", form)).json()) as {
      url: string;
    };
    expect(await browser.actor()).toBeNull();
    return { url: new URL(url), csrfToken };
  };
  provider.claims.set("s-gil", { preferred_username: "gil", groups: ["staff"] });
  const browser = new Browser();
  await browser.signIn("s-gil");
  const { url } = await signOut(browser);
  expect(url.href.startsWith(`${provider.issuer}/session/end?`)).toBe(true);
  expect(url.searchParams.get("post_logout_redirect_uri")).toBe(`${ORIGIN}/sign-in`);

  const local = new Browser();
  const { csrfToken } = await signOut(local);
  const form = { csrfToken, username: "admin", password: PASSWORD, json: "true" };
  await local.ask("/api/auth/callback/credentials", form);
  expect(await local.actor()).toMatchObject({ username: "admin" });
  expect((await signOut(local)).url.href).toBe(`${ORIGIN}/sign-in`);
});

test("with local accounts off no password is taken, local sign-ins end and the provider's go on", async () => {
  const local = new Browser();
  const credentials = async () => {
    const { csrfToken } = (await (await local.ask("/api/auth/csrf")).json()) as {
      csrfToken: string;
    };
    const form = { csrfToken, username: "admin", password: PASSWORD, json: "true" };
    return local.ask("/api/auth/callback/credentials", form);
  };
  expect((await credentials()).status).toBe(200);
  expect(await local.actor()).toMatchObject({ username: "admin" });

  const { services } = product;
  const config = parseConfig({
    ...testEnvironment(product.directory, services.config.databaseUrl),
    ...{ NEXTAUTH_URL: ORIGIN, SORTIE_LOCAL_ACCOUNTS: "false", ...provider.environment },
  });
  const strict = { ...services, config };
  expect(await local.actor(strict)).toBeNull();
  provideServices(strict);
  try {
    const refused = await credentials();
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      error: { message: "Nobody signs in with a password here. Use the button." },
    });
    const browser = new Browser();
    await browser.signIn("s-ana");
    expect(await browser.actor(strict)).toMatchObject({ username: "ana" });
  } finally {
    provideServices(services);
  }
});

test("a provider that does not answer is said to in words, and nobody is signed in", async () => {
  const { services } = product;
  const { oidc } = services.config.signIn;
  const signIn = { oidc: { ...oidc!, issuer: "http://127.0.0.1:9" }, localAccounts: true };
  provideServices({ ...services, config: { ...services.config, signIn } });
  try {
    expect(await new Browser().begin()).toContain("error=OAuthSignin");
  } finally {
    provideServices(services);
  }
});
