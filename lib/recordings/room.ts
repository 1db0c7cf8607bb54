import { LRUCache } from "lru-cache";
import type { Database } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import type { Logger } from "@/lib/logging/logger";
import type { Settings } from "@/lib/settings/settings-schema";
import { type DiskLook, lookAtDisk } from "./disk-level";
import { sumOfSizes } from "./recording-repository";
import { MEBIBYTE, quotaLevel, type RoomLevel, tighter } from "./room-level";

interface RoomDeps {
  readonly db: Database;
  readonly store: { freeBytes(): Promise<number | null> };
  readonly log: Pick<Logger, "warn">;
}

/** What was seen of settings and disk, and when. */
interface Look extends DiskLook {
  readonly at: number;
}

/** How old what is known of the disk, the settings and a user's sum may be while bytes arrive. */
const FRESH_MS = 2_000;
const RETRY_AFTER_SECONDS = 60;

/**
 * How much room there is for recordings: on the disk, and within each user's quota. Whether the disk was short of
 * room, so that it counts as good again only well above the floor, the processes remember together. One for a process.
 */
export class Room {
  private latest: Look | null = null;
  private looking: Promise<Look> | null = null;
  private readonly quotas = new LRUCache<string, RoomLevel>({ max: 10_000, ttl: FRESH_MS });

  constructor(private readonly deps: RoomDeps) {}

  /** @throws AppError `insufficient_storage` when this user may not begin another recording */
  async require(userId: string): Promise<void> {
    const { values, disk } = await this.look();
    if (disk !== "enough") throw diskShort(values.free_space_floor_mb);
    if ((await this.quotaLevel(values, userId)) === "out") throw quotaUsed(values.user_quota_mb);
  }

  /** What there is room for while this user records: `low` means to spare it, `out` to end. Cheap: seconds old at most. */
  async level(userId: string): Promise<RoomLevel> {
    const { latest } = this;
    const isFresh = latest !== null && performance.now() - latest.at < FRESH_MS;
    const { values, disk } = isFresh ? latest : await this.lookOnce();
    const known = this.quotas.get(userId);
    const quota = known ?? (await this.quotaLevel(values, userId));
    if (known === undefined) this.quotas.set(userId, quota);
    return tighter(disk, quota);
  }

  /** One look for all who ask while it is under way. */
  private lookOnce(): Promise<Look> {
    this.looking ??= this.look().finally(() => (this.looking = null));
    return this.looking;
  }

  /** The same for every user. */
  private async look(): Promise<Look> {
    const seen = await lookAtDisk(this.deps);
    this.latest = { at: performance.now(), ...seen };
    return this.latest;
  }

  private async quotaLevel({ user_quota_mb }: Settings, userId: string): Promise<RoomLevel> {
    if (user_quota_mb === 0) return "enough";
    return quotaLevel(await sumOfSizes(this.deps.db, userId), user_quota_mb * MEBIBYTE);
  }
}

function diskShort(floorMebibytes: number): AppError {
  return new AppError(
    "insufficient_storage",
    `The storage for recordings has less than ${floorMebibytes} MiB left, so nothing new is recorded. Delete recordings you no longer need, or ask an administrator for more room.`,
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
  );
}

function quotaUsed(quotaMebibytes: number): AppError {
  return new AppError(
    "insufficient_storage",
    `Your recordings take all of the ${quotaMebibytes} MiB you may use. Delete some you no longer need, then record again.`,
  );
}
