import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { DatabaseOrTransaction } from "@/lib/db/database";

const KEY = "installation_id";

/**
 * Names this installation for good, whichever of its processes asks: all that share a database have the same. It marks
 * what the installation has outside, so that no other one on the same machine or cluster takes it for its own.
 */
export async function findInstallationId(db: DatabaseOrTransaction): Promise<string> {
  await db.setting.createMany({
    data: [{ key: KEY, value: randomUUID() }],
    skipDuplicates: true,
  });
  const { value } = await db.setting.findUniqueOrThrow({ where: { key: KEY } });
  return z.uuid().parse(value);
}
