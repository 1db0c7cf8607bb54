import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Actor } from "@/lib/auth/permissions";
import { signIn } from "@/lib/auth/sign-in";
import { createUser } from "@/lib/users/create-user";
import { listUsers } from "@/lib/users/list-users";
import { updateAccount } from "@/lib/users/update-account";
import { updateUser } from "@/lib/users/update-user";
import type { User } from "@/lib/users/user-repository";
import { createUserSchema, updateAccountSchema, updateUserSchema } from "@/lib/users/user-schema";
import { createTestDatabase, type TestDatabase } from "../support/postgres";

const client = { ip: "203.0.113.1", userAgent: "a browser" };
const PASSWORD = "a long enough password";
let database: TestDatabase;
let deps: { db: TestDatabase["db"]; now: () => Date };
let admin: User;

beforeAll(async () => {
  database = await createTestDatabase();
  deps = { db: database.db, now: () => new Date("2026-11-21T08:00:00Z") };
  admin = await newUser("admin");
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.user.updateMany({
    where: { role: "admin", id: { not: admin.id } },
    data: { disabledAt: deps.now() },
  });
});

async function newUser(role: "admin" | "dev" = "dev"): Promise<User> {
  const username = `${role}-${randomUUID().slice(0, 8)}`;
  const input = createUserSchema.parse({ username, role, password: PASSWORD });
  return createUser(deps, { actor: { userId: null, username: "test" }, client }, input);
}

function actorOf({ id: userId, username, displayName, role, clusters }: User): Actor {
  return { userId, username, displayName, role, clusters, token: null };
}
const by = (user: User) => ({ actor: actorOf(user), client });
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: unknown) => (error as { code: string }).code,
  );
const actionsOn = async (user: User) =>
  (
    await database.db.auditEvent.findMany({ where: { targetId: user.id }, orderBy: { id: "asc" } })
  ).map(({ action }) => action);
const canSignIn = async ({ username }: User, password: string) =>
  (await codeOf(signIn(deps, client, { username, password }))) === "done";

test("a new user can sign in, and a second one of that name is refused", async () => {
  const user = await newUser();
  expect(await canSignIn(user, PASSWORD)).toBe(true);
  const again = createUserSchema.parse({
    username: user.username.toUpperCase(),
    password: PASSWORD,
  });
  expect(await codeOf(createUser(deps, by(admin), again))).toBe("conflict");
  expect(await actionsOn(user)).toEqual(["user.create", "user.sign_in"]);
});

test("names and passwords that would make trouble are refused with what is allowed", () => {
  const parse = (change: object) =>
    createUserSchema.safeParse({ username: "ana", password: PASSWORD, ...change }).error?.issues[0]
      ?.message;
  expect(parse({ username: "an a" })).toContain("letters, digits");
  expect(parse({ username: "x".repeat(65) })).toContain("at most 64");
  expect(parse({ password: "short" })).toContain("at least 10");
  expect(parse({ is_owner: true })).toContain("is_owner");
  expect(updateAccountSchema.safeParse({ new_password: PASSWORD }).success).toBe(false);
  expect(updateUserSchema.safeParse({}).success).toBe(false);
});

test("disabling ends every sign-in at once, and enabling lets the user in again", async () => {
  const user = await newUser();
  const disabled = await updateUser(deps, by(admin), user.id, { disabled: true });
  expect(disabled).toMatchObject({
    disabledAt: deps.now(),
    sessionVersion: user.sessionVersion + 1,
  });
  expect(await canSignIn(user, PASSWORD)).toBe(false);
  const enabled = await updateUser(deps, by(admin), user.id, { disabled: false });
  expect(enabled.disabledAt).toBeNull();
  expect(await canSignIn(user, PASSWORD)).toBe(true);
  // A failed sign-in has no target: whoever tried may not be the user.
  expect(await actionsOn(user)).toEqual([
    "user.create",
    "user.disable",
    "user.enable",
    "user.sign_in",
  ]);
});

test("a password that an administrator sets replaces the old one and ends the sign-ins", async () => {
  const user = await newUser();
  const changed = await updateUser(deps, by(admin), user.id, { password: "another long password" });
  expect(changed.sessionVersion).toBe(user.sessionVersion + 1);
  expect(await canSignIn(user, PASSWORD)).toBe(false);
  expect(await canSignIn(user, "another long password")).toBe(true);
});

test("administrators cannot lock themselves out", async () => {
  const other = await newUser("admin");
  expect(await codeOf(updateUser(deps, by(admin), admin.id, { disabled: true }))).toBe("conflict");
  expect(await codeOf(updateUser(deps, by(admin), admin.id, { role: "dev" }))).toBe("conflict");
  expect(await codeOf(updateUser(deps, by(admin), other.id, { role: "dev" }))).toBe("done");
});

test("two administrators who disable each other at the same moment do not leave the product without one", async () => {
  for (let round = 0; round < 5; round += 1) {
    const other = await newUser("admin");
    const outcomes = await Promise.all([
      codeOf(updateUser(deps, by(admin), other.id, { disabled: true })),
      codeOf(updateUser(deps, by(other), admin.id, { disabled: true })),
    ]);
    expect(outcomes.toSorted()).toEqual(["conflict", "done"]);
    const left = await database.db.user.findMany({ where: { role: "admin", disabledAt: null } });
    expect(left).toHaveLength(1);
    await database.db.user.update({ where: { id: admin.id }, data: { disabledAt: null } });
    await database.db.user.update({ where: { id: other.id }, data: { disabledAt: deps.now() } });
  }
});

test("a change of nobody is not found", async () => {
  expect(await codeOf(updateUser(deps, by(admin), randomUUID(), { disabled: true }))).toBe(
    "not_found",
  );
});

test("a refused change leaves no trace in the audit trail", async () => {
  const before = await actionsOn(admin);
  await codeOf(updateUser(deps, by(admin), admin.id, { disabled: true, display_name: "Somebody" }));
  expect(await actionsOn(admin)).toEqual(before);
  const { displayName } = await database.db.user.findUniqueOrThrow({ where: { id: admin.id } });
  expect(displayName).toBe(admin.displayName);
});

test("people change their own password with the current one, and every earlier sign-in ends", async () => {
  const user = await newUser();
  const passwords = { current_password: PASSWORD, new_password: "quite another password" };
  const wrong = { ...passwords, current_password: "not this one" };
  expect(await codeOf(updateAccount(deps, by(user), wrong))).toBe("wrong_password");
  const { user: changed, signInsEnded } = await updateAccount(deps, by(user), passwords);
  expect([changed.sessionVersion, signInsEnded]).toEqual([user.sessionVersion + 1, true]);
  expect(await canSignIn(user, PASSWORD)).toBe(false);
  expect(await canSignIn(user, "quite another password")).toBe(true);
  expect(await actionsOn(user)).toContain("user.password_change");
});

test("guessing one's current password is limited like signing in", async () => {
  const user = await newUser();
  const wrong = { current_password: "not this one", new_password: "quite another password" };
  expect(await codeOf(updateAccount(deps, by(user), wrong))).toBe("wrong_password");
  const key = `user:${user.username}`;
  await database.db.signInAttempt.updateMany({ where: { key }, data: { failures: 9 } });
  expect(await codeOf(updateAccount(deps, by(user), wrong))).toBe("wrong_password");
  expect(await codeOf(updateAccount(deps, by(user), wrong))).toBe("rate_limited");
});

test("a new name of one's own needs no password and ends no sign-in", async () => {
  const user = await newUser();
  const { user: changed, signInsEnded } = await updateAccount(deps, by(user), {
    display_name: "Ana",
  });
  expect([changed.displayName, changed.sessionVersion, signInsEnded]).toEqual(["Ana", 1, false]);
  expect(await actionsOn(user)).toEqual(["user.create", "user.update"]);
});

test("page after page shows every user once, newest first, also those made in the same millisecond", async () => {
  const sameMoment = new Date("2026-11-01T00:00:00Z");
  await database.db.user.createMany({
    data: Array.from({ length: 7 }, (_, index) => ({
      username: `twin-${index}`,
      displayName: "Twin",
      passwordHash: "-",
      createdAt: sameMoment,
    })),
  });
  const seen: User[] = [];
  for (let after: User | undefined; ; after = seen.at(-1)) {
    const page = await listUsers(deps, { limit: 3, after });
    seen.push(...page);
    if (page.length < 3) break;
  }
  const all = await database.db.user.findMany({ orderBy: [{ createdAt: "desc" }, { id: "desc" }] });
  expect(seen.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
  expect(Object.keys(seen[0]!)).not.toContain("passwordHash");
});
