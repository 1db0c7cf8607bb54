import { afterAll, beforeAll, expect, test } from "vitest";
import { recordAuditEvent, recordAuditEventOrLog } from "@/lib/audit/record-audit-event";
import { openDatabase } from "@/lib/db/database";
import { createTestDatabase, type TestDatabase } from "../support/postgres";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const event = {
  actor: { userId: null, username: "ana" },
  client: { ip: "203.0.113.1", userAgent: "a browser" },
  action: "recording.view",
  target: { type: "recording", id: "7" },
} as const;

test("what the trail holds can be neither changed nor removed, by the product’s own connection", async () => {
  const { db } = database;
  await recordAuditEvent(db, event);
  const attempts: (() => Promise<unknown>)[] = [
    () => db.auditEvent.updateMany({ data: { actorName: "eve" } }),
    () => db.auditEvent.updateMany({ data: { actorId: null } }),
    () => db.auditEvent.deleteMany(),
    () => db.$executeRaw`TRUNCATE "audit_events"`,
    () => db.$executeRaw`TRUNCATE "users", "audit_events" CASCADE`,
  ];
  for (const attempt of attempts) await expect(attempt()).rejects.toThrow("append-only");
  // Ordinary triggers sleep in a session that calls itself a replica; not everybody may.
  const asReplica = db.$transaction(async (transaction) => {
    await transaction.$executeRaw`SET LOCAL session_replication_role = replica`;
    await transaction.$executeRaw`DELETE FROM "audit_events"`;
  });
  await expect(asReplica).rejects.toThrow(/append-only|permission denied/);
  const { actorName, detail } = await db.auditEvent.findFirstOrThrow();
  expect([actorName, detail]).toEqual(["ana", {}]);
});

test("the trail keeps a user's name and id when the user is gone", async () => {
  const user = await database.db.user.create({
    data: { username: "leaver", displayName: "Leaver", passwordHash: "-" },
  });
  const actor = { userId: user.id, username: user.username };
  await recordAuditEvent(database.db, { ...event, actor, action: "user.sign_in" });
  await database.db.user.delete({ where: { id: user.id } });
  const kept = await database.db.auditEvent.findMany({ where: { actorName: "leaver" } });
  expect(kept).toMatchObject([{ actorId: user.id, action: "user.sign_in" }]);
});

test("what happens in a transaction happens together with its event, or not at all", async () => {
  const before = await database.db.auditEvent.count();
  const work = database.db.$transaction(async (transaction) => {
    await recordAuditEvent(transaction, event);
    throw new Error("the thing itself failed");
  });
  await expect(work).rejects.toThrow("the thing itself failed");
  expect(await database.db.auditEvent.count()).toBe(before);
});

test("outside a transaction a lost database breaks nothing, and the log keeps the whole event", async () => {
  const db = openDatabase("postgresql://nobody@127.0.0.1:1/none");
  const logged: unknown[] = [];
  const log = { error: (fields: unknown) => logged.push(fields) };
  await recordAuditEventOrLog({ db, log }, event);
  expect(logged).toMatchObject([{ auditEvent: event }]);
  await db.$disconnect();
});

test("a browser that calls itself something endless does not fill the trail", async () => {
  const client = { ip: null, userAgent: "x".repeat(100_000) };
  await recordAuditEvent(database.db, { ...event, client, action: "recording.download" });
  const saved = await database.db.auditEvent.findFirstOrThrow({
    where: { action: "recording.download" },
  });
  expect(saved.userAgent).toHaveLength(512);
});
