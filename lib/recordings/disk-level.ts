import { z } from "zod";
import type { Database } from "@/lib/db/database";
import type { Logger } from "@/lib/logging/logger";
import { settingsIn } from "@/lib/settings/settings-repository";
import { SETTING_KEYS, type Settings } from "@/lib/settings/settings-schema";
import { diskLevel, MEBIBYTE, ROOM_LEVELS, type RoomLevel } from "./room-level";

interface DiskLevelDeps {
  readonly db: Database;
  readonly store: { freeBytes(): Promise<number | null> };
  readonly log: Pick<Logger, "warn">;
}

export interface DiskLook {
  readonly values: Settings;
  readonly disk: RoomLevel;
}

/** Beside the settings, because it is one value for the installation; nobody sets it by hand. */
const KEY = "disk_level";
const levelSchema = z.enum(ROOM_LEVELS).catch("enough");

/**
 * Looks at the disk and answers with its level, and with the settings that say what is enough. The level is one for the
 * installation, whichever process looks and however often they start again: it stands in the database and is changed
 * there by compare-and-set, only when it changes. Always `enough` for a store without an end.
 */
export async function lookAtDisk(deps: DiskLevelDeps): Promise<DiskLook> {
  for (;;) {
    const [{ kept, values }, freeBytes] = await Promise.all([
      findKept(deps.db),
      deps.store.freeBytes(),
    ]);
    if (freeBytes === null) return { values, disk: "enough" };
    const previous = levelSchema.parse(kept);
    const disk = diskLevel(previous, freeBytes, values.free_space_floor_mb * MEBIBYTE);
    if (disk === previous || (await move(deps, kept, disk))) return { values, disk };
  }
}

async function findKept(db: Database): Promise<{ kept: unknown; values: Settings }> {
  const rows = await db.setting.findMany({
    where: { key: { in: [...SETTING_KEYS, KEY] } },
    select: { key: true, value: true },
  });
  const kept = rows.find(({ key }) => key === KEY)?.value ?? null;
  return { kept, values: settingsIn(rows) };
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
