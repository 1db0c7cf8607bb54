import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Role, roleMay } from "@/lib/auth/permissions";
import { ACCESS_BY_PAGE, ACCESS_BY_ROUTE, type PagePath } from "@/lib/auth/route-permissions";
import { type Product, startProduct } from "../support/product";

/** The tables of permissions, asked of the built product: through its server, Next and the database. */
const ROLE_OF = {
  "other user": "dev",
  administrator: "admin",
  user: "dev",
  viewer: "readonly",
  operations: "ops",
} as const satisfies Record<string, Role>;
type Person = keyof typeof ROLE_OF | "stranger";
const PEOPLE: readonly Person[] = ["stranger", ...(Object.keys(ROLE_OF) as Person[])];
const PAGES = Object.keys(ACCESS_BY_PAGE) as PagePath[];
/** Pages that only lead on. */
const leadsTo = (page: PagePath, role: Role): string | null => {
  if (page === "/admin") return "/admin/recordings";
  if (page !== "/") return null;
  return role === "readonly" ? "/recordings" : "/apps";
};

let product: Product;
const cookies = new Map<Person, string>();
const ids = { session: "", recording: "" };

beforeAll(async () => {
  product = await startProduct();
  cookies.set("user", await product.signIn(await product.addUser("user")));
  cookies.set("other user", await product.signIn(await product.addUser("other")));
  cookies.set("viewer", await product.signIn(await product.addUser("viewer", "readonly")));
  cookies.set("operations", await product.signIn(await product.addUser("operations", "ops")));
  cookies.set("administrator", await product.signIn(product.administrator));
  await keepSomethingOf("user");
});
afterAll(() => product.close());

/** A session that is over and a recording of it that failed: both can be looked at, and nothing runs. */
async function keepSomethingOf(username: string): Promise<void> {
  const { id: userId } = await product.db.user.findUniqueOrThrow({ where: { username } });
  const { id: appId } = await product.db.app.findFirstOrThrow({ where: { kind: "desktop" } });
  const at = new Date();
  const session = await product.db.session.create({
    data: {
      appId,
      userId,
      status: "ended",
      closeReason: "user_ended",
      endedAt: at,
      provider: "local",
    },
  });
  const recording = await product.db.recording.create({
    data: {
      ...{ sessionId: session.id, userId, status: "failed", failReason: "nothing_captured" },
      ...{ stoppedAt: at, completedAt: at, filename: "recording.webm" },
      ...{ storageBackend: "local", storageKey: `${randomUUID()}.webm` },
    },
  });
  Object.assign(ids, { session: session.id, recording: recording.id });
}

function ask(path: string, person: Person, init: RequestInit = {}): Promise<Response> {
  const id = path.includes("/recordings/") ? ids.recording : ids.session;
  return fetch(`${product.url}${path.replace("[id]", id).replace("[...nextauth]", "csrf")}`, {
    redirect: "manual",
    ...init,
    headers: { cookie: cookies.get(person) ?? "", ...(init.headers as Record<string, string>) },
  });
}

/** What the tables promise for a page: its status, and where it leads when it only leads on. */
function promise(page: PagePath, person: Person): { status: number; location: string | null } {
  const access = ACCESS_BY_PAGE[page];
  if (access === "public") {
    return person === "stranger" ? { status: 200, location: null } : { status: 307, location: "/" };
  }
  if (person === "stranger") {
    const path = page.replace("[id]", page.includes("/recordings/") ? ids.recording : ids.session);
    return { status: 307, location: `/sign-in?callbackUrl=${encodeURIComponent(path)}` };
  }
  const role = ROLE_OF[person];
  const isOthers = page.endsWith("[id]") && role !== "admin" && person !== "user";
  if (isOthers || !roleMay(role, access)) return { status: 403, location: null };
  const location = leadsTo(page, role);
  return { status: location === null ? 200 : 307, location };
}

test.each(PAGES.flatMap((page) => PEOPLE.map((person) => [page, person] as const)))(
  "the page %s is shown to %s as the table says",
  async (page, person) => {
    const response = await ask(page, person);
    const shown = { status: response.status, location: response.headers.get("location") };
    expect(shown).toEqual(promise(page, person));
  },
);

test("a stranger with a link to a moment of a recording comes back to that moment", async () => {
  const path = `/recordings/${ids.recording}?t=62`;
  const response = await ask(path, "stranger");
  expect(response.headers.get("location")).toBe(`/sign-in?callbackUrl=${encodeURIComponent(path)}`);
});

test.each(Object.entries(ACCESS_BY_ROUTE))(
  "%s through the whole server lets in whom %s lets in",
  async (name, access) => {
    const [method = "", path = ""] = name.split(" ");
    const isOpen = access === "public";
    const stranger = await ask(path, "stranger", { method });
    if (isOpen) expect([401, 403]).not.toContain(stranger.status);
    else expect(stranger.status).toBe(401);
    if (isOpen || roleMay("dev", access)) return;
    expect((await ask(path, "user", { method })).status).toBe(403);
  },
);

test("another site cannot make a signed-in browser change anything", async () => {
  const response = await ask("/api/account", "user", {
    method: "PATCH",
    headers: { origin: "https://evil.example" },
    body: JSON.stringify({ display_name: "Eve" }),
  });
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ error: { code: "bad_origin" } });
});

test("nobody writes another address into the audit trail", async () => {
  const invented = "198.51.100.66";
  const response = await ask("/api/account", "other user", {
    method: "PATCH",
    headers: {
      origin: product.url,
      "x-forwarded-for": invented,
      "x-sortie-client-address": invented,
    },
    body: JSON.stringify({ display_name: "Olga" }),
  });
  expect(response.status).toBe(200);
  const event = await product.db.auditEvent.findFirstOrThrow({ where: { action: "user.update" } });
  expect(["127.0.0.1", "::1"]).toContain(event.ip);
});

test("a user who is disabled is out at the next request, and the page leads to signing in", async () => {
  const cookie = await product.signIn(await product.addUser("leaver"));
  const { id } = await product.db.user.findUniqueOrThrow({ where: { username: "leaver" } });
  const asLeaver = (path: string) =>
    fetch(`${product.url}${path}`, { redirect: "manual", headers: { cookie } });
  expect((await asLeaver("/api/sessions")).status).toBe(200);
  const disabled = await ask(`/api/admin/users/${id}`, "administrator", {
    method: "PATCH",
    headers: { origin: product.url },
    body: JSON.stringify({ disabled: true }),
  });
  expect(disabled.status).toBe(200);
  expect((await asLeaver("/api/sessions")).status).toBe(401);
  expect((await asLeaver("/apps")).status).toBe(307);
});
