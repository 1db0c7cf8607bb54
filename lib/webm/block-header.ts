import { type ElementHeader, readUint, readVint } from "./ebml";
import { MediaError } from "@/lib/media/media-error";

/** How every Block and SimpleBlock begins (RFC 9559 §10.1 and §10.2). Lacing comes after it. */
export interface BlockHeader {
  readonly track: number;
  /** Ticks after the Cluster's timestamp, −32,768 to 32,767. */
  readonly relativeTicks: number;
  /** Of a SimpleBlock only: a Block leaves this to its BlockGroup. */
  readonly isKeyframe: boolean;
  /** Bytes it takes. */
  readonly length: number;
}

/**
 * The block header after the element header at `at`; null when not all of it is in `bytes`.
 * @throws MediaError `corrupt` when the element is too short to have one
 */
export function readBlockHeader(
  header: ElementHeader,
  bytes: Uint8Array,
  at: number,
): BlockHeader | null {
  const start = at + header.headerBytes;
  const track = readVint(bytes, start, 8);
  if (track === null) return null;
  const length = track.length + 3;
  if (header.size !== "unknown" && length > header.size) {
    throw new MediaError("corrupt", "The recording's stream holds a block without a header.");
  }
  if (start + length > bytes.length) return null;
  const timestamp = readUint(bytes, start + track.length, 2);
  return {
    track: track.value,
    relativeTicks: timestamp < 0x8000 ? timestamp : timestamp - 0x1_0000,
    isKeyframe: ((bytes[start + track.length + 2] ?? 0) & 0x80) !== 0,
    length,
  };
}
