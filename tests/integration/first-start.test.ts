import { afterEach, beforeEach, expect, test } from "vitest";
import { hashPassword, verifyPassword } from "@/lib/auth/password";
import { seedAdministrator, seedApps } from "@/lib/db/seed";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await database.close();
});

const chosen = { username: "ada", password: "a long enough password" };
const generated = { username: "admin", password: undefined };

test("the first start makes the administrator that the operator asked for, and tells no password", async () => {
  const made = await seedAdministrator(database.db, chosen, hashPassword);
  expect(made).toEqual({ username: "ada", generatedPassword: null });
  const user = await database.db.user.findUniqueOrThrow({ where: { username: "ada" } });
  expect(user.role).toBe("admin");
  expect(await verifyPassword(chosen.password, user.passwordHash)).toBe(true);
});

test("without a wish it generates a password that signs in, and says it once", async () => {
  const made = await seedAdministrator(database.db, generated, hashPassword);
  const user = await database.db.user.findUniqueOrThrow({ where: { username: "admin" } });
  expect(await verifyPassword(made?.generatedPassword ?? "", user.passwordHash)).toBe(true);
  expect(await seedAdministrator(database.db, generated, hashPassword)).toBeNull();
});

test("a password in the environment does not change that of an administrator who is there", async () => {
  await seedAdministrator(database.db, chosen, hashPassword);
  const before = await database.db.user.findMany();
  const other = { username: "ada", password: "another good password" };
  expect(await seedAdministrator(database.db, other, hashPassword)).toBeNull();
  expect(await database.db.user.findMany()).toEqual(before);
});

test("many processes that start at once make one administrator, and one of them is told", async () => {
  const results = await Promise.all(
    Array.from({ length: 5 }, () => seedAdministrator(database.db, generated, hashPassword)),
  );
  expect(results.filter((made) => made !== null)).toHaveLength(1);
  expect(await database.db.user.count()).toBe(1);
});

test("a new version's apps arrive, and one that the administrator switched off stays off", async () => {
  const desktop = { id: "desktop", name: "Desktop", kind: "desktop", description: "Old." } as const;
  await seedApps(database.db, [desktop]);
  await database.db.app.update({ where: { id: "desktop" }, data: { enabled: false } });
  const terminal = { id: "terminal", name: "Terminal", kind: "terminal", description: "" } as const;
  await seedApps(database.db, [terminal, { ...desktop, description: "New." }]);
  expect(await database.db.app.findMany({ orderBy: { position: "asc" } })).toMatchObject([
    { ...terminal, position: 0, enabled: true },
    { ...desktop, description: "New.", position: 1, enabled: false },
  ]);
});
