/** The header that tells a sender with each acknowledgement how much room is left, where it is not enough. */
export const ROOM_HEADER = "Sortie-Room";

/** How much room there is: `low` is to be spared, `out` ends what is under way before nothing is left. */
export type RoomLevel = "enough" | "low" | "out";

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
  return ORDER.find((level) => level === text) ?? "enough";
}

const ORDER: readonly RoomLevel[] = ["enough", "low", "out"];

/** The one with less room. */
export function tighter(a: RoomLevel, b: RoomLevel): RoomLevel {
  return ORDER.indexOf(a) > ORDER.indexOf(b) ? a : b;
}
