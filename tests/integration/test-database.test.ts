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
