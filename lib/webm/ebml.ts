import { MediaError } from "@/lib/media/media-error";

/**
 * Reading and writing EBML (RFC 8794): every element is an id, a size and that many bytes.
 * Numbers are JavaScript numbers, so sizes and positions are exact up to 2^53.
 */

/** Element ids, marker bits included (RFC 8794 §11.2, RFC 9559 §5.1). */
export const ID = {
  ebml: 0x1a45dfa3,
  ebmlMaxIdLength: 0x42f2,
  ebmlMaxSizeLength: 0x42f3,
  docType: 0x4282,
  void: 0xec,
  crc32: 0xbf,
  segment: 0x18538067,
  seekHead: 0x114d9b74,
  seek: 0x4dbb,
  seekId: 0x53ab,
  seekPosition: 0x53ac,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackType: 0x83,
  codecId: 0x86,
  defaultDuration: 0x23e383,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
  blockDuration: 0x9b,
  referenceBlock: 0xfb,
  cues: 0x1c53bb6b,
  cuePoint: 0xbb,
  cueTime: 0xb3,
  cueTrackPositions: 0xb7,
  cueTrack: 0xf7,
  cueClusterPosition: 0xf1,
  attachments: 0x1941a469,
  chapters: 0x1043a770,
  tags: 0x1254c367,
} as const;

export interface ElementHeader {
  readonly id: number;
  /** Bytes of data, or `unknown` for an element that lasts until one that cannot be inside it. */
  readonly size: number | "unknown";
  /** Bytes of id and size together, at most 12. */
  readonly headerBytes: number;
}

interface Vint {
  readonly value: number;
  readonly length: number;
  readonly allOnes: boolean;
}

/**
 * Reads a variable-size integer (RFC 8794 §4): as many leading zero bits as there are further bytes.
 * Null when `bytes` ends before it does. @throws MediaError `corrupt` when it is longer than `maxLength`
 */
export function readVint(bytes: Uint8Array, at: number, maxLength: number): Vint | null {
  const first = bytes[at];
  if (first === undefined) return null;
  const length = Math.clz32(first) - 23;
  if (length > maxLength) throw new MediaError("corrupt", "The recording's stream is damaged.");
  if (at + length > bytes.length) return null;
  const mask = 0xff >> length;
  let value = first & mask;
  let allOnes = value === mask;
  for (let i = at + 1; i < at + length; i += 1) {
    const byte = bytes[i] ?? 0;
    value = value * 256 + byte;
    allOnes &&= byte === 0xff;
  }
  return { value, length, allOnes };
}

/**
 * Reads an element's id and size (RFC 8794 §5 and §6). Null when `bytes` ends before they do.
 * @throws MediaError `corrupt` when there cannot be an element here
 */
export function readElementHeader(bytes: Uint8Array, at: number): ElementHeader | null {
  const id = readVint(bytes, at, 4);
  if (id === null) return null;
  if (id.allOnes || id.value === 0) {
    throw new MediaError("corrupt", "The recording's stream holds something that is no element.");
  }
  const size = readVint(bytes, at + id.length, 8);
  if (size === null) return null;
  if (!size.allOnes && size.value > Number.MAX_SAFE_INTEGER) {
    throw new MediaError("corrupt", "The recording's stream holds an element of impossible size.");
  }
  return {
    id: readUint(bytes, at, id.length),
    size: size.allOnes ? "unknown" : size.value,
    headerBytes: id.length + size.length,
  };
}

/** A big-endian unsigned integer of `length` bytes, all of which must be there. Not exact above 2^53. */
export function readUint(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = at; i < at + length; i += 1) value = value * 256 + (bytes[i] ?? 0);
  return value;
}

/**
 * The value of the unsigned integer element (RFC 8794 §7.2) whose `header` is at `at`; null when not all
 * of it is in `bytes`. @throws MediaError `corrupt` beyond 2^53
 */
export function readNumber(header: ElementHeader, bytes: Uint8Array, at: number): number | null {
  if (header.size === "unknown" || header.size > 8) {
    throw new MediaError("corrupt", "The recording's stream has a number of impossible length.");
  }
  const start = at + header.headerBytes;
  if (start + header.size > bytes.length) return null;
  const value = readUint(bytes, start, header.size);
  if (value > Number.MAX_SAFE_INTEGER) {
    throw new MediaError("corrupt", "The recording's stream has a number beyond all bounds.");
  }
  return value;
}

export interface Element {
  readonly id: number;
  readonly data: Uint8Array;
  /** Id, size and data as they stand. */
  readonly raw: Uint8Array;
}

/** The children of a master element whose data is at hand. @throws MediaError `corrupt` */
export function* children(data: Uint8Array): Generator<Element> {
  let at = 0;
  while (at < data.length) {
    const header = readElementHeader(data, at);
    const end =
      header === null || header.size === "unknown"
        ? Infinity
        : at + header.headerBytes + header.size;
    if (header === null || end > data.length) {
      throw new MediaError("corrupt", "The recording's stream has a damaged header.");
    }
    yield {
      id: header.id,
      data: data.subarray(at + header.headerBytes, end),
      raw: data.subarray(at, end),
    };
    at = end;
  }
}

/** The data of an unsigned integer element (RFC 8794 §7.2). @throws MediaError `corrupt` */
export function uintOf(element: Element): number {
  if (element.data.length > 8) {
    throw new MediaError("corrupt", "The recording's stream has a number of impossible length.");
  }
  return readUint(element.data, 0, element.data.length);
}

/** The data of a string element; it may be padded with zero bytes (RFC 8794 §7.4). */
export function stringOf(element: Element): string {
  return new TextDecoder().decode(element.data).replace(/\0.*$/s, "");
}

/** An element: its id, the size of `parts` together in as few bytes as it takes, and `parts`. */
export function element(id: number, ...parts: Uint8Array[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += part.length;
  const idLength = uintLength(id);
  const head = idLength + sizeLength(size);
  const whole = new Uint8Array(head + size);
  writeUint(whole, 0, id, idLength);
  writeSize(whole, idLength, size, head - idLength);
  let at = head;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The smallest big-endian unsigned integer that holds `value`; at least `minLength` bytes. */
export function uint(value: number, minLength = 1): Uint8Array {
  const bytes = new Uint8Array(Math.max(minLength, uintLength(value)));
  writeUint(bytes, 0, value, bytes.length);
  return bytes;
}

/** Writes the id, of one byte, and the size, below 127, of an element; returns the position after them. */
export function writeSmallHead(bytes: Uint8Array, at: number, id: number, size: number): number {
  bytes[at] = id;
  bytes[at + 1] = 0x80 | size;
  return at + 2;
}

/** Writes an unsigned integer element whose id is one byte; returns the position after it. */
export function writeSmallUint(bytes: Uint8Array, at: number, id: number, value: number): number {
  const length = uintLength(value);
  const start = writeSmallHead(bytes, at, id, length);
  writeUint(bytes, start, value, length);
  return start + length;
}

export function float64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}

/** The head of an element with a size of 8 bytes: `size` may be anything up to 2^53, or `unknown`. */
export function wideElementHead(id: number, size: number | "unknown"): Uint8Array {
  const idLength = uintLength(id);
  const head = new Uint8Array(idLength + 8).fill(0xff);
  writeUint(head, 0, id, idLength);
  if (size === "unknown") head[idLength] = 0x01;
  else writeSize(head, idLength, size, 8);
  return head;
}

/** Bytes that `value` takes. */
export function uintLength(value: number): number {
  let length = 1;
  for (let limit = 0x100; value >= limit; limit *= 0x100) length += 1;
  return length;
}

/** Bytes a size takes; the value of all ones is kept for "unknown", hence the `- 1` (RFC 8794 §6.2). */
function sizeLength(size: number): number {
  let length = 1;
  for (let limit = 0x80; size >= limit - 1; limit *= 0x80) length += 1;
  return length;
}

function writeUint(bytes: Uint8Array, at: number, value: number, length: number): void {
  let rest = value;
  for (let i = at + length - 1; i >= at; i -= 1) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

/** A size's first byte has a one after as many zeros as there are further bytes (RFC 8794 §4.1). */
function writeSize(bytes: Uint8Array, at: number, size: number, length: number): void {
  writeUint(bytes, at, size, length);
  bytes[at] = (bytes[at] ?? 0) | (0x80 >> (length - 1));
}
