import { z } from "zod";
import type { ListPosition } from "@/lib/recordings/recording-order";

const positionSchema = z.tuple([
  z.iso.datetime().transform((text) => new Date(text)),
  z.uuid(),
  z.int().nonnegative(),
  z.int().nonnegative(),
  z.string().max(200),
]);

/** An opaque text for a row's place in any order of the lists of recordings. */
export function encodeRecordingCursor(position: ListPosition): string {
  const { createdAt, id, sizeBytes, durationMs, username } = position;
  const keys = [createdAt.toISOString(), id, sizeBytes, durationMs, username];
  return Buffer.from(JSON.stringify(keys)).toString("base64url");
}

/** Null when the text is none of ours. */
export function decodeRecordingCursor(cursor: string): ListPosition | null {
  try {
    const text = Buffer.from(cursor, "base64url").toString();
    const [createdAt, id, sizeBytes, durationMs, username] = positionSchema.parse(JSON.parse(text));
    return { createdAt, id, sizeBytes, durationMs, username };
  } catch {
    return null;
  }
}
