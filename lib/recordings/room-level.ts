/** The header that tells a sender with each acknowledgement how much room is left, where it is not enough. */
export const ROOM_HEADER = "Sortie-Room";

/** From the most room to the least. */
export const ROOM_LEVELS = ["enough", "low", "out"] as const;

/** How much room there is: `low` is to be spared, `out` ends what is under way before nothing is left. */
export type RoomLevel = (typeof ROOM_LEVELS)[number];

export const MEBIBYTE = 1024 * 1024;

/** Short of room once, the disk is good again only at this much of the floor: else it would flap with every file. */
const GOOD_AGAIN = 1.25;
/** What is left for recordings under way, and all else on the disk, to end well in. */
const OUT_BELOW = 0.5;
const NEARLY_USED = 0.9;

/** The level of a disk that has `freeBytes` free, where it was at `previous` before. */
export function diskLevel(previous: RoomLevel, freeBytes: number, floorBytes: number): RoomLevel {
  if (freeBytes < floorBytes * OUT_BELOW) return "out";
  const isShort = freeBytes < floorBytes * (previous === "enough" ? 1 : GOOD_AGAIN);
  if (!isShort) return "enough";
  return previous === "out" && freeBytes < floorBytes ? "out" : "low";
}

/** The level of a user whose recordings take `usedBytes`. */
export function quotaLevel(usedBytes: number, quotaBytes: number): RoomLevel {
  if (usedBytes >= quotaBytes) return "out";
  return usedBytes >= quotaBytes * NEARLY_USED ? "low" : "enough";
}

/** Reads the header's value; anything else than a level means that nothing is short. */
export function parseRoomLevel(text: string | null): RoomLevel {
  return ROOM_LEVELS.find((level) => level === text) ?? "enough";
}

/** The one with less room. */
export function tighter(a: RoomLevel, b: RoomLevel): RoomLevel {
  return ROOM_LEVELS.indexOf(a) > ROOM_LEVELS.indexOf(b) ? a : b;
}
