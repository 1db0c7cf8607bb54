import { z } from "zod";
import type { Database } from "@/lib/db/database";
import type { Logger } from "@/lib/logging/logger";
import { diskLevel, ROOM_LEVELS, type RoomLevel } from "./room-level";

interface DiskLevelDeps {
  readonly db: Database;
  readonly store: { freeBytes(): Promise<number | null> };
  readonly log: Pick<Logger, "warn">;
}

/** Beside the settings, because it is one value for the installation; nobody sets it by hand. */
const KEY = "disk_level";
const levelSchema = z.enum(ROOM_LEVELS).catch("enough");

/**
 * Looks at the disk and answers with its level: one for the installation, whichever process looks and however often
 * they start again. It stands in the database and is changed there by compare-and-set, only when it changes.
 * Always `enough` for a store without an end.
 */
export async function lookAtDisk(deps: DiskLevelDeps, floorBytes: number): Promise<RoomLevel> {
  for (;;) {
    const [kept, freeBytes] = await Promise.all([findKept(deps.db), deps.store.freeBytes()]);
    if (freeBytes === null) return "enough";
    const previous = levelSchema.parse(kept);
    const level = diskLevel(previous, freeBytes, floorBytes);
    if (level === previous || (await move(deps, kept, level))) return level;
  }
}

async function findKept(db: Database): Promise<unknown> {
  const row = await db.setting.findUnique({ where: { key: KEY }, select: { value: true } });
  return row?.value ?? null;
}

/** False when another process has moved it meanwhile. A database that cannot write, on a full disk, hides nothing. */
async function move({ db, log }: DiskLevelDeps, kept: unknown, to: RoomLevel): Promise<boolean> {
  try {
    const moved = await db.$executeRaw`
      INSERT INTO "settings" ("key", "value") VALUES (${KEY}, ${JSON.stringify(to)}::jsonb)
      ON CONFLICT ("key") DO UPDATE SET "value" = excluded."value", "updated_at" = now()
       WHERE "settings"."value" = ${JSON.stringify(kept)}::jsonb`;
    return moved === 1;
  } catch (err) {
    log.warn({ err }, "other processes cannot be told how much room is left");
    return true;
  }
}
