import { expect, test } from "vitest";
import { createTestDatabase } from "@/tests/support/postgres";

test("every test gets a migrated database of its own", async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  try {
    await one.db.setting.create({ data: { key: "colour", value: "red" } });
    expect(await one.db.setting.count()).toBe(1);
    expect(await other.db.setting.count()).toBe(0);
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
});

test("what Prisma asks for side by side in a transaction is asked one after the other, and errors stay with their query", async () => {
  const database = await createTestDatabase();
  const warnings: string[] = [];
  const note = ({ message }: Error) => void warnings.push(message);
  process.on("warning", note);
  try {
    const { db } = database;
    const data = { username: "ana", displayName: "Ana", passwordHash: "-" };
    await db.user.create({ data });
    const relations = { sessions: true, recordings: true, holds: true, clusters: true } as const;
    const found = await db.$transaction((transaction) =>
      transaction.user.findMany({ select: { username: true, ...relations } }),
    );
    expect(found).toEqual([
      { username: "ana", sessions: [], recordings: [], holds: [], clusters: [] },
    ]);
    const broken = db.$transaction(async (transaction) => {
      await transaction.$queryRaw`SELECT 1 / 0`.catch(() => undefined);
      return transaction.setting.count();
    });
    await expect(broken).rejects.toThrow(/aborted/);
    expect(await db.setting.count()).toBe(0);
    // Warnings are told in the next turn of the event loop.
    await new Promise(setImmediate);
    expect(warnings).toEqual([]);
  } finally {
    process.off("warning", note);
    await database.close();
  }
});
