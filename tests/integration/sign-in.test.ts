import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { findActor } from "@/lib/auth/find-actor";
import { hashPassword } from "@/lib/auth/password";
import { sessionCookie } from "@/lib/auth/session-token";
import { signIn } from "@/lib/auth/sign-in";
import { removeStaleAttempts } from "@/lib/auth/sign-in-attempts";
import { openDatabase } from "@/lib/db/database";
import { createTestDatabase, type TestDatabase } from "../support/postgres";

const MINUTE_MS = 60_000;
const config = {
  authSecret: "a secret for this test, and no other",
  publicUrl: undefined,
  signIn: { oidc: null, localAccounts: true } as const,
};
const PASSWORD = "the right password";
let database: TestDatabase;
let passwordHash: string;
let clock: Date;
const now = () => clock;

beforeAll(async () => {
  [database, passwordHash] = await Promise.all([createTestDatabase(), hashPassword(PASSWORD)]);
});
afterAll(() => database.close());
beforeEach(async () => {
  clock = new Date("2026-11-21T08:00:30Z");
  await database.db.signInAttempt.deleteMany();
});

async function newUser(): Promise<{ id: string; username: string }> {
  const username = `user-${randomUUID().slice(0, 8)}`;
  return database.db.user.create({
    data: { username, displayName: username, passwordHash },
    select: { id: true, username: true },
  });
}

function tryToSignIn(username: string, password: string, ip = "203.0.113.1", db = database.db) {
  return signIn({ db, now }, { ip, userAgent: "a browser" }, { username, password }).then(
    () => "in",
    (error: unknown) => (error as { code: string }).code,
  );
}

/** Fails once for real and has the rest counted: each real try costs a hash. */
async function failTimes(count: number, username: string): Promise<void> {
  const key = `user:${username}`;
  expect(await tryToSignIn(username, "wrong")).toBe("wrong_credentials");
  const added = { failures: { increment: count - 2 } };
  if (count < 2) return;
  await database.db.signInAttempt.updateMany({ where: { key }, data: added });
  expect(await tryToSignIn(username, "wrong")).toBe("wrong_credentials");
}

test("the right password signs in, however the name is typed, and the audit trail knows from where", async () => {
  const { id, username } = await newUser();
  expect(await tryToSignIn(` ${username.toUpperCase()} `, PASSWORD, "2001:db8::7")).toBe("in");
  const user = await database.db.user.findUniqueOrThrow({ where: { id } });
  expect(user.lastSignInAt).toEqual(clock);
  const events = await database.db.auditEvent.findMany({ where: { targetId: id } });
  expect(events).toMatchObject([
    {
      action: "user.sign_in",
      actorId: id,
      actorName: username,
      ip: "2001:db8::7",
      userAgent: "a browser",
    },
  ]);
});

test("a name with a character that no database keeps is nobody's", async () => {
  expect(await tryToSignIn("ana\0", PASSWORD)).toBe("wrong_credentials");
});

test("an unknown name and a wrong password are refused alike, and both are in the audit trail", async () => {
  const { id, username } = await newUser();
  expect(await tryToSignIn(username, "wrong")).toBe("wrong_credentials");
  expect(await tryToSignIn("nobody-of-that-name", "wrong")).toBe("wrong_credentials");
  const events = await database.db.auditEvent.findMany({
    where: { action: "user.sign_in_failed", actorName: { in: [username, "nobody-of-that-name"] } },
    orderBy: { id: "asc" },
  });
  expect(events.map((event) => event.actorId)).toEqual([id, null]);
});

test("after ten wrong passwords even the right one has to wait, and the answer says how long", async () => {
  const { username } = await newUser();
  await failTimes(10, username);
  const attempt = signIn(
    { db: database.db, now },
    { ip: "203.0.113.99", userAgent: null },
    { username, password: PASSWORD },
  );
  await expect(attempt).rejects.toMatchObject({
    code: "rate_limited",
    // The first minute of wrong ones began at 08:00:00 and leaves the window at 08:15:00.
    retryAfterSeconds: 14 * 60 + 30,
    message: "Too many wrong passwords. Try again in 15 minutes.",
  });
  clock = new Date("2026-11-21T08:14:59Z");
  expect(await tryToSignIn(username, PASSWORD)).toBe("rate_limited");
  clock = new Date("2026-11-21T08:15:00Z");
  expect(await tryToSignIn(username, PASSWORD)).toBe("in");
});

test("a reached limit is in the audit trail once, however often somebody tries on, and again after it was free", async () => {
  const { username } = await newUser();
  const noted = () =>
    database.db.auditEvent.findMany({
      where: { actorName: username, detail: { path: ["reason"], equals: "rate_limited" } },
    });
  await failTimes(10, username);
  expect(await noted()).toEqual([]);
  for (const minute of [1, 5, 14]) {
    clock = new Date(`2026-11-21T08:${String(minute).padStart(2, "0")}:00Z`);
    expect(await tryToSignIn(username, PASSWORD, "203.0.113.7")).toBe("rate_limited");
  }
  expect(await noted()).toMatchObject([
    { action: "user.sign_in_failed", ip: "203.0.113.7", detail: { limit: "user" } },
  ]);
  clock = new Date("2026-11-21T08:15:00Z");
  expect(await tryToSignIn(username, PASSWORD)).toBe("in");
  await failTimes(10, username);
  expect(await tryToSignIn(username, PASSWORD)).toBe("rate_limited");
  expect(await noted()).toHaveLength(2);
});

test("the right password in time forgets the wrong ones", async () => {
  const { username } = await newUser();
  await failTimes(9, username);
  expect(await tryToSignIn(username, PASSWORD)).toBe("in");
  await failTimes(10, username);
  expect(await tryToSignIn(username, PASSWORD)).toBe("rate_limited");
});

test("two servers count together, even when all tries come at once", async () => {
  const { username } = await newUser();
  const other = openDatabase(database.url, 5);
  try {
    const outcomes = await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        tryToSignIn(username, "wrong", `203.0.113.${index}`, index % 2 === 0 ? database.db : other),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === "wrong_credentials")).toHaveLength(10);
    expect(outcomes.filter((outcome) => outcome === "rate_limited")).toHaveLength(14);
  } finally {
    await other.$disconnect();
  }
});

test("one address may not try the names of a whole company; a right password there is not held against it", async () => {
  const { username } = await newUser();
  await database.db.signInAttempt.create({
    data: {
      key: "ip:2001:db8:0:5::/64",
      windowStart: new Date("2026-11-21T08:00:00Z"),
      failures: 49,
    },
  });
  expect(await tryToSignIn(username, PASSWORD, "2001:db8:0:5::1")).toBe("in");
  expect(await tryToSignIn("somebody", "wrong", "2001:db8:0:5:ffff::2")).toBe("wrong_credentials");
  expect(await tryToSignIn(username, PASSWORD, "2001:db8:0:5::3")).toBe("rate_limited");
  expect(await tryToSignIn(username, PASSWORD, "2001:db8:0:6::1")).toBe("in");
});

test("counters that no longer count are removed, and the others stay", async () => {
  await failTimes(1, "somebody");
  clock = new Date(clock.getTime() + 10 * MINUTE_MS);
  await failTimes(1, "somebody-else");
  clock = new Date(clock.getTime() + 10 * MINUTE_MS);
  await removeStaleAttempts(database.db, clock);
  const left = await database.db.signInAttempt.findMany({ orderBy: { key: "asc" } });
  expect(left.map(({ key }) => key)).toEqual(["ip:203.0.113.1", "user:somebody-else"]);
});

test("a disabled account is told so only with its password", async () => {
  const { id, username } = await newUser();
  await database.db.user.update({ where: { id }, data: { disabledAt: clock } });
  expect(await tryToSignIn(username, "wrong")).toBe("wrong_credentials");
  expect(await tryToSignIn(username, PASSWORD)).toBe("account_disabled");
});

test("a sign-in holds until the user is disabled or the sign-ins are ended", async () => {
  const { id, username } = await newUser();
  const deps = { db: database.db, config };
  const cookie = await sessionCookie({ userId: id, sessionVersion: 1 }, config);
  const headers = new Headers({ cookie: cookie.split(";")[0]! });
  expect(await findActor(headers, deps)).toMatchObject({ userId: id, username, role: "dev" });

  const withToken = new Headers([...headers, ["authorization", "Bearer something"]]);
  expect(
    await findActor(withToken, deps),
    "beside a bearer token a cookie counts for nothing",
  ).toBeNull();

  await database.db.user.update({ where: { id }, data: { disabledAt: clock } });
  expect(await findActor(headers, deps)).toBeNull();
  await database.db.user.update({ where: { id }, data: { disabledAt: null, sessionVersion: 2 } });
  expect(await findActor(headers, deps)).toBeNull();
});
