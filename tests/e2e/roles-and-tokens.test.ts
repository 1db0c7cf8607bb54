import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "@/lib/db/embedded/free-port";
import { insertRecordings } from "../support/listed-recordings";
import { type OpenIdProvider, startOpenIdProvider } from "../support/openid";
import { DEVICES, expectFaultless, ON_A_DESK, PageScene, settled } from "../support/page-checks";
import { type Product, startProduct } from "../support/product";

const scene = PageScene.install({ environment: { SORTIE_CLUSTER: "east" } });

const statusWith = async (token: string) => {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${scene.product.url}/api/recordings`, { headers })).status;
};

describe("an API token", () => {
  it("is made on the account page, shown once, works, shows its last use, and is revoked", async () => {
    const page = await scene.signedIn({}, await scene.product.addUser("tia"));
    await page.goto("/account");
    await page.getByRole("button", { name: "New token" }).click();
    const form = page.getByRole("dialog", { name: "New token" });
    // A developer is offered nothing of the panel.
    expect(await form.getByRole("checkbox").count()).toBe(3);
    await form.getByRole("button", { name: "Create token" }).click();
    await form.getByRole("alert").filter({ hasText: "Give the token a name" }).waitFor();
    await form.getByLabel("Name").fill("nightly backup");
    await form.getByRole("button", { name: "Create token" }).click();
    const shown = page.getByRole("dialog", { name: "Token “nightly backup”" });
    const token = (await shown.locator("code").textContent()) ?? "";
    expect(await statusWith(token)).toBe(200);
    await shown.getByRole("button", { name: "Done" }).click();

    await page.reload();
    const section = page.getByRole("region", { name: "API tokens" });
    const row = section.getByRole("listitem").filter({ hasText: "nightly backup" });
    await row.getByText("See and get recordings").waitFor();
    await row.getByText("Last used").waitFor();
    expect(await page.content()).not.toContain(token);

    await row.getByRole("button", { name: "Revoke nightly backup" }).click();
    await page.getByRole("button", { name: "Revoke token" }).click();
    await page.getByText("“nightly backup” is revoked.").waitFor();
    await section.getByText("You have none.").waitFor();
    expect(await statusWith(token)).toBe(401);
  });

  it("of somebody else is seen and revoked by an administrator under Users", async () => {
    await scene.product.addUser("uma");
    const { db } = scene.product;
    const { id: userId } = await db.user.findUniqueOrThrow({ where: { username: "uma" } });
    const expiresAt = new Date(Date.now() + 86_400_000);
    const data = { userId, name: "old script", scopes: ["read"], tokenHash: "-", expiresAt };
    const { id } = await db.apiToken.create({ data });
    const page = await scene.signedIn();
    await page.goto("/admin/users");
    await page.getByRole("button", { name: "Actions for uma" }).click();
    await page.getByRole("menuitem", { name: "API tokens…" }).click();
    const dialog = page.getByRole("dialog", { name: "API tokens of uma" });
    await dialog.getByRole("button", { name: "Revoke old script" }).click();
    await page.getByRole("button", { name: "Revoke token" }).click();
    await dialog.getByText("There are none.").waitFor();
    const { revokedAt } = await db.apiToken.findUniqueOrThrow({ where: { id } });
    expect(revokedAt).not.toBeNull();
  });
});

describe("a role", () => {
  it("is changed under Users, with the clusters it reaches, and opens the panel's list of those", async () => {
    const who = await scene.product.addUser("olga");
    await scene.product.addUser("dan");
    await insertRecordings(scene.product.db, "dan", [
      { description: "Made in the cluster", status: "ready", minutesAgo: 3 },
    ]);
    const { db } = scene.product;
    const { id } = await db.recording.findFirstOrThrow({
      where: { description: "Made in the cluster" },
    });
    await db.recording.update({ where: { id }, data: { cluster: "east" } });
    const admin = await scene.signedIn();
    await admin.goto("/admin/users");
    await admin.getByRole("button", { name: "Actions for olga" }).click();
    await admin.getByRole("menuitem", { name: "Change role…" }).click();
    const dialog = admin.getByRole("dialog", { name: "Role of olga" });
    await dialog.getByRole("combobox", { name: "Role" }).click();
    await admin.getByRole("option", { name: "Operations" }).click();
    await dialog.getByText("Sessions of this installation run in “east”.").waitFor();
    expect(await dialog.getByLabel("Clusters").inputValue()).toBe("east");
    await dialog.getByLabel("Clusters").fill("not a name!, default");
    await dialog.getByRole("button", { name: "Save role" }).click();
    await dialog.getByText("Write each name with letters").waitFor();
    await dialog.getByLabel("Clusters").fill("default, east");
    await dialog.getByRole("button", { name: "Save role" }).click();
    const row = admin.getByRole("row").filter({ hasText: "olga" });
    await row.getByText("default, east").filter({ visible: true }).waitFor();

    const olga = await scene.signedIn({}, who);
    await olga.goto("/admin");
    await olga.getByRole("link", { name: "Made in the cluster" }).waitFor();
    expect(await olga.getByRole("link", { name: "Users" }).count()).toBe(0);
    await olga.goto(`/recordings/${id}`);
    await olga.getByRole("region", { name: "Details" }).getByText("east").waitFor();
  });

  it("of a viewer shows neither apps nor the panel, and begins with their recordings", async () => {
    const who = await scene.product.addUser("vic");
    await scene.product.db.user.update({
      where: { username: "vic" },
      data: { role: "readonly" },
    });
    const page = await scene.signedIn({}, who, "/recordings");
    const rail = page.getByRole("navigation", { name: "Main" });
    expect(await rail.getByRole("link").allTextContents()).toEqual([
      "",
      "Sessions",
      "Recordings",
      "Account",
    ]);
    await page.getByText("You have no recordings yet").waitFor();
    expect(await page.getByRole("link", { name: "Open an app" }).count()).toBe(0);
    await page.goto("/sessions");
    await page.getByText("You have no sessions yet").waitFor();
    expect(await page.getByRole("link", { name: "Open an app" }).count()).toBe(0);
  });

  it("of a viewer finds nothing to press that would be refused", async () => {
    const who = await scene.product.addUser("vera");
    const { db } = scene.product;
    await db.user.update({ where: { username: "vera" }, data: { role: "readonly" } });
    const rows = [{ description: "Only to look at", status: "ready", minutesAgo: 2 }] as const;
    await insertRecordings(db, "vera", rows);
    const page = await scene.signedIn({}, who, "/recordings");
    const list = page.getByRole("table");
    await list.getByRole("link", { name: "Only to look at" }).waitFor();
    expect(await list.getByRole("checkbox").count()).toBe(0);
    expect(await list.getByRole("button", { name: "Actions for" }).count()).toBe(0);
    await page.goto("/sessions");
    await list.getByText("Desktop", { exact: true }).waitFor();
    expect(await list.getByRole("link").count()).toBe(0);
    expect(await list.getByRole("button", { name: /^(Open|End)/ }).count()).toBe(0);
  });

  it("of operations offers what reaches each row: others' recordings are got but not deleted", async () => {
    const who = await scene.product.addUser("otto");
    const { db } = scene.product;
    const clusters = { create: { cluster: "default" } };
    await db.user.update({ where: { username: "otto" }, data: { role: "ops", clusters } });
    await insertRecordings(db, "otto", [
      { description: "Otto's own", status: "ready", minutesAgo: 1 },
    ]);
    await insertRecordings(db, "admin", [
      { description: "Somebody else's", status: "ready", minutesAgo: 2 },
    ]);
    const page = await scene.signedIn({}, who);
    await page.goto("/admin/recordings");
    const offered = async (name: string) => {
      await page.getByRole("button", { name: `Actions for ${name}` }).click();
      await page.getByRole("menuitem", { name: "Download" }).waitFor();
      const items = await page.getByRole("menuitem").allTextContents();
      await page.keyboard.press("Escape");
      await page.getByRole("menu").waitFor({ state: "detached" });
      // The button has the focus again, and its tooltip lies over the next row.
      await page.keyboard.press("Escape");
      return items;
    };
    expect(await offered("Otto's own")).toContain("Delete…");
    expect(await offered("Somebody else's")).not.toContain("Delete…");
    await page.getByRole("checkbox", { name: "Select Somebody else's" }).click();
    const selection = page.getByRole("region", { name: "Selection" });
    await selection.getByRole("button", { name: "Download" }).waitFor();
    expect(await selection.getByRole("button", { name: "Delete…" }).count()).toBe(0);
    await page.getByRole("checkbox", { name: "Select Otto's own" }).click();
    await selection.getByRole("button", { name: "Delete…" }).click();
    await page.getByText("1 recording is not for you to delete and stays.").waitFor();

    await page.goto("/admin/sessions");
    const row = (user: string) => page.getByRole("row").filter({ hasText: user });
    await row("admin").getByRole("button", { name: "End Desktop of admin" }).waitFor();
    expect(await row("admin").getByRole("link", { name: "Open Desktop" }).count()).toBe(0);
    expect(await row("otto").getByRole("link", { name: "Open Desktop" }).count()).toBe(1);
  });
});

it("finds users by a piece of a name, by role and by state, under an address that can be shared", async () => {
  for (const name of ["wanda", "wendy", "walter"]) await scene.product.addUser(name);
  const data = { disabledAt: new Date() };
  await scene.product.db.user.update({ where: { username: "wendy" }, data });
  const page = await scene.signedIn();
  const row = (name: string) => page.getByRole("row").filter({ hasText: name });
  await page.goto("/admin/users");
  await page.getByRole("searchbox", { name: "Search users" }).fill("W");
  await row("admin").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Disabled" }).click();
  await row("wanda").waitFor({ state: "detached" });
  await row("wendy").waitFor();
  await page.getByRole("combobox", { name: "Role" }).click();
  await page.getByRole("option", { name: "Viewer" }).click();
  await page.getByText("No user matches").waitFor();
  await page.waitForURL("**/admin/users?q=W&disabled=true&role=readonly");
  await expectFaultless(page, "users, none found", ON_A_DESK);
  await page.goto("/admin/users?q=wa&disabled=false&role=dev");
  await row("wanda").waitFor();
  expect(await row("wendy").count()).toBe(0);
  await page.getByRole("button", { name: "Disabled" }).click();
  await page.getByRole("button", { name: "Clear search and filters" }).click();
  await row("admin").first().waitFor();
  expect(new URL(page.url()).search).toBe("");
});

describe("somebody whom an OpenID provider vouches for", () => {
  let provider: OpenIdProvider;
  let product: Product;
  beforeAll(async () => {
    const port = await freePort();
    provider = await startOpenIdProvider([`http://127.0.0.1:${port}/api/auth/callback/oidc`]);
    product = await startProduct(provider.environment, { port });
  });
  afterAll(async () => {
    await product.close();
    await provider.close();
  });

  it("signs in with the button, has the role of their group, and is signed out there as well", async () => {
    provider.claims.set("s-ines", { preferred_username: "ines", groups: ["sortie-admins"] });
    const context = await scene.browser.newContext({ baseURL: product.url });
    const page = await context.newPage();
    await page.goto("/recordings");
    const button = page.getByRole("button", { name: "Sign in with Example ID" });
    await button.click();
    await page.waitForURL(`${provider.issuer}/**`);
    await page.locator("[name=login]").fill("s-ines");
    await page.locator("[name=password]").fill("anything");
    await page.locator("[type=submit]").click();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.waitForURL(`${product.url}/recordings`);

    await page.goto("/admin/users");
    const row = page.getByRole("row").filter({ hasText: "ines" });
    await row.getByText("Administrator").filter({ visible: true }).waitFor();
    await row.getByText("Single sign-on").waitFor();

    await page.goto("/account");
    expect(await page.getByLabel("New password").count()).toBe(0);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${provider.issuer}/session/end*`);
    await page.getByRole("button", { name: "Yes, sign me out" }).click();
    await page.waitForURL(`${product.url}/sign-in*`);
    await button.click();
    // The provider, too, has forgotten them: it asks again who they are.
    await page.locator("[name=login]").waitFor();
    const { db } = product;
    expect(await db.auditEvent.count({ where: { action: "user.sign_out" } })).toBe(1);
  });
});

it.each(DEVICES)("tokens and roles have no fault that axe finds, $name", async (device) => {
  const page = await scene.signedIn(device.options);
  await page.goto("/account");
  await settled(page);
  await page.getByRole("button", { name: "New token" }).click();
  const form = page.getByRole("dialog", { name: "New token" });
  await form.getByLabel("Name").fill(`reports ${device.name}`);
  await expectFaultless(page, "token dialog", device);
  await form.getByRole("button", { name: "Create token" }).click();
  const shown = page.getByRole("dialog", { name: "Token “reports" });
  await expectFaultless(page, "token shown once", device);
  await shown.getByRole("button", { name: "Done" }).click();
  await shown.waitFor({ state: "detached" });
  await expectFaultless(page, "account with tokens", device);
  await page.goto("/admin/users");
  await settled(page);
  await page.getByRole("button", { name: "Actions for olga" }).click();
  await page.getByRole("menuitem", { name: "Change role…" }).click();
  await page.getByRole("dialog", { name: "Role of olga" }).getByLabel("Clusters").waitFor();
  await expectFaultless(page, "role dialog", device);
});
